"""The child of test_kill.py: runs the four steps and says when it begins, so that it can be killed
at a chosen moment."""

from __future__ import annotations

import sys
from pathlib import Path

from counterfoil import client
from counterfoil.office import open_office
from tests.world.office import NOW


def main(office_path: Path, requests: Path, out: Path) -> None:
    office = open_office(office_path, clock=lambda: NOW)
    keys = {
        name: office.officer(office_path / "keys" / f"officer-{name}.key", None) for name in "ab"
    }
    print("begin", flush=True)
    standing = client.receive(office, requests)
    if (
        standing.state != "released"
        and client.determine(office, standing.batch).state == "determined"
    ):
        client.review(office, standing.batch, keys["a"])
    client.release(office, standing.batch, keys["b"], out)
    print("end", flush=True)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
