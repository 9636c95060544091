"""`counterfoil-ask`: the requester's own program. It knows no office's inside: neither database nor
register is imported, and Parquet only where a file of that kind is read."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `counterfoil-ask` command."""
    try:
        from counterfoil.cli.ask.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("counterfoil-ask: stopped before it began [interrupted]\n")
        code = 1
    sys.exit(code)
