"""The command line: one door of the house. app.py puts the verbs together; each other file holds a
group of them.

`main` imports the rest only once it can answer for Ctrl-C: reading the libraries takes a second.
"""

from __future__ import annotations

import os
import sys

_NOBODY_ELSE_WRITES = 0o022


def main() -> None:
    """Entry point of the `counterfoil` command. What it writes nobody but its user can write
    afterwards, whatever the umask was."""
    os.umask(os.umask(_NOBODY_ELSE_WRITES) | _NOBODY_ELSE_WRITES)
    try:
        from counterfoil.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("counterfoil: stopped before it began [interrupted]\n")
        code = 1
    sys.exit(code)
