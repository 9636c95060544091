"""An office as an earlier version of the program made it, as one text file that is committed:
`python -m scripts.make_old_office TREE [OUT]`.

TREE is a checkout of the earlier version, whose command line does everything. What comes out is
kept in `tests/vectors/old-office.txt`, and `tests/journeys/test_old_office.py` opens it with the
present program. The file is a tar archive of a folder, compressed by xz and written as base 85 in
lines of a hundred characters, so that it is text; everybody in it is made up. The folder holds

    office/               a sandbox office with every kind of thing that an officer enters
    answers.jsonl, .jws   the answers of the batch `released`, and their envelope
    q1.evidence, .key     the evidence of one of them
    batches.json          the id of each batch by what became of it: released, overridden, held,
                          gated, determined, reviewed
    next.csv              requests that it has never seen
"""

from __future__ import annotations

import base64
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.world.people import REQUESTS, SOURCE, SOURCE_COLUMNS, Row, person, request, write_csv

COLUMNS: Final = 100
OUT: Final = Path(__file__).parents[1] / "tests" / "vectors" / "old-office.txt"
_PROGRAM: Final = "from counterfoil.cli import main; main()"
_NEIGHBORS: Final = ("Consuelo", "Leopold", "Rosalind", "Teodoro", "Philippa")
_WAITING: Final = "i2-address-not-general-delivery"


def source() -> list[Row]:
    """The people of the register: those of the tests, five neighbors, and one without a home."""
    neighbors = [
        person(f"n{number}", given, "Villanueva", f"{700 + number} Larkspur Way")
        for number, given in enumerate(_NEIGHBORS)
    ]
    lost = person("r20", "Henrietta", "Ravensworth", "General Delivery", tin="900-00-1020")
    return [*SOURCE, *neighbors, lost]


class Desk:
    """The command line of a tree, at one office."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.tree, self.folder, self.office = tree, folder, folder / "office"
        self.orders = folder.parent

    def call(self, *arguments: str | Path) -> str:
        """Run one command, which must succeed; what it prints on stdout."""
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.tree / "src")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def at(self, *arguments: str | Path) -> str:
        """Run a command of the office."""
        return self.call(*arguments, "--office", self.office)

    def key(self, name: str) -> Path:
        """The key file of an officer."""
        return self.office / "keys" / f"{name}.key"

    def officers(self, first: str = "officer-a", second: str = "officer-b") -> list[str | Path]:
        """The options that name two officers."""
        return ["--officer", self.key(first), "--second", self.key(second)]

    def order(self, name: str) -> list[str | Path]:
        """The option that names an order's file, which is written."""
        path = self.orders / f"{name}.order"
        path.write_text(f"A made-up order: {name}.\n", encoding="utf-8")
        return ["--order", path]

    def receive(self, name: str, rows: Iterable[Row]) -> str:
        """The id of a new batch."""
        return self.at("receive", write_csv(self.orders / f"{name}.csv", rows), "--quiet")

    def answer(self, batch: str, out: Path) -> None:
        """The three steps after `receive`."""
        self.at("determine", batch, "--quiet")
        self.at("review", batch, "--officer", self.key("officer-a"), "--quiet")
        self.at("release", batch, "--officer", self.key("officer-b"), "--out", out, "--quiet")


def make(desk: Desk) -> dict[str, str]:
    """Everything that an officer may enter, once; the ids of the batches."""
    desk.call("office", "create", desk.office, "--sandbox")
    for name, role in (("counsel-c", "counsel"), ("holds-a", "holds"), ("holds-b", "holds")):
        desk.at("officer", "create", name, "--keys", desk.office / "keys", "--role", role)
    people = write_csv(desk.orders / "people.csv", source(), SOURCE_COLUMNS)
    desk.at("register", "build", people, "--made-up", "--canaries", "5", "--quiet")
    batches = {"released": desk.receive("requests", REQUESTS)}
    desk.answer(batches["released"], desk.folder / "answers.jsonl")
    evidence = desk.folder / "q1.evidence"
    officer = ["--officer", desk.key("officer-a")]
    desk.at("evidence", "export", "q1", "--batch", batches["released"], *officer, "--to", evidence)
    desk.at("suspend", *officer, *desk.order("stop"))
    desk.at("resume", *desk.officers(), *desk.order("go-on"))
    desk.at("incident", "open", "--class", "wrong-answer", "--batch", batches["released"], *officer)
    desk.at("retention", "hold", batches["released"], *officer, *desk.order("preserve"))
    held = desk.orders / "held.json"
    held.write_text('{"format": "counterfoil-held-1", "tin": "900-00-1002"}', encoding="utf-8")
    desk.at("hold", "add", "--person-file", held, *desk.officers("holds-a", "holds-b"))
    batches |= _override(desk)
    batches |= _unfinished(desk)
    write_csv(desk.folder / "next.csv", _asked(80, "Consuelo", 700))
    return batches


def _override(desk: Desk) -> dict[str, str]:
    """One request that waited for an officer, admitted by two, and its batch released."""
    batch = desk.receive("waiting", [request(60, "Henrietta", "Ravensworth", "General Delivery")])
    reason = desk.orders / "reason.txt"
    reason.write_text("The post office confirmed that she fetches her mail there.\n", "utf-8")
    signed = ["--officer", desk.key("officer-a"), "--counsel", desk.key("counsel-c")]
    desk.at("override", batch, "q60", *signed, "--element", _WAITING, "--reason", reason)
    desk.answer(batch, desk.orders / "overridden.jsonl")
    return {"overridden": batch}


def _unfinished(desk: Desk) -> dict[str, str]:
    """A batch at every step before its release, and one that an order holds there."""
    names = ("gated", "determined", "reviewed", "held")
    found = {
        name: desk.receive(name, _asked(62 + 2 * number, _NEIGHBORS[1 + number], 701 + number))
        for number, name in enumerate(names)
    }
    for name in ("determined", "reviewed", "held"):
        desk.at("determine", found[name], "--quiet")
    desk.at("review", found["reviewed"], "--officer", desk.key("officer-a"), "--quiet")
    scope = ["--scope", f"batch:{found['held']}"]
    desk.at("suspend", "--officer", desk.key("officer-a"), *desk.order("wait"), *scope)
    return found


def _asked(number: int, given: str, house: int) -> list[Row]:
    """Two requests: one about a resident, one about nobody who lives there."""
    return [
        request(number, given, "Villanueva", f"{house} Larkspur Way"),
        request(number + 1, "Bartholomew", "Achterberg", f"{house} Larkspur Way"),
    ]


def packed(folder: Path) -> str:
    """The folder as text. Inverse of `unpack`."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            member = archive.gettarinfo(path, str(path.relative_to(folder)))
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            with path.open("rb") if path.is_file() else io.BytesIO() as file:
                archive.addfile(member, file)
    text = base64.b85encode(lzma.compress(data.getvalue(), preset=9)).decode("ascii")
    return "\n".join(text[at : at + COLUMNS] for at in range(0, len(text), COLUMNS)) + "\n"


def unpack(text: str, folder: Path) -> None:
    """Write what was packed below the folder. Inverse of `packed`."""
    data = lzma.decompress(base64.b85decode("".join(text.split())))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")


def main(tree: Path, out: Path) -> None:
    """Make the office in a folder of its own, and write the text."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "folder"
        folder.mkdir()
        batches = make(Desk(tree.resolve(), folder))
        (folder / "batches.json").write_text(json.dumps(batches, indent=1) + "\n", "utf-8")
        out.write_text(packed(folder), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
