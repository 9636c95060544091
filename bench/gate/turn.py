"""One turn of beside.py, in a process of the tree that is measured: PYTHONPATH names it.

    turn.py prepare FOLDER ROWS WHICH    a file of `WORK`, and an office that has received half of it
    turn.py receive FOLDER ROWS 1        CPU us a request of `receive` in one process
    turn.py steps FOLDER ROWS 1          the same of each step

It prints one line of JSON. What it calls is in bench/gate/__main__.py of that tree, under the names
that the module has had since its first version.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(what: str, folder: Path, rows: int, number: int) -> object:
    """Do one thing with the tree's own code."""
    bench: Any = importlib.import_module("bench.gate.__main__")
    if what == "prepare":
        return _prepare(bench, folder, rows, number)
    asked = next(path for path in folder.glob("*.csv") if path.name != "earlier.csv")
    if what == "receive":
        return bench._receive_once(folder, asked, number)[1] / rows * 1e6
    with bench._copied(folder) as office:
        return [(step, seconds / rows * 1e6) for step, seconds in bench._steps(office, asked)]


def _prepare(bench: Any, folder: Path, rows: int, which: int) -> str:
    folder.mkdir(parents=True)
    demonstration: Any = importlib.import_module("counterfoil.demo.demonstration")
    demonstration.demonstrate(folder / "demo", bench.SAMPLE, lambda *_: None)
    name, write = bench.WORK[which]
    asked = write(folder, rows)
    office = bench.open_office(folder / "demo" / "office")
    _receive(office, bench._earlier(asked, rows // 2))
    office.store.close()
    return name


def _receive(office: Any, path: Path) -> None:
    """The client's use case; earlier trees had it in `flow`."""
    try:
        client: Any = importlib.import_module("counterfoil.client")
    except ImportError:
        client = importlib.import_module("counterfoil.flow")
    client.receive(office, path)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
