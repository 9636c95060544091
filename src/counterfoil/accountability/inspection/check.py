"""The folder of an inspector's sample (draw.py), checked offline by anybody. What is established:

1  The inspector signed the nonce, and the checkpoint that it is over is the holder's; where a
   policy was named, its quorum cosigned it.
2  The ledger in the folder checks whole, and its first entries are those of that checkpoint.
3  The last day was over, and the answers released on the days are so many: the population.
4  The bundles in the folder are those that the rule draws from it, none more and none less.
5  The public part of each bundle checks, and is of the entry that was drawn, in this ledger.
6  With the secret half of the nonce's key: each answer is made again and comes out identical.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Final

from counterfoil import ledger
from counterfoil.accountability.evidence.bundle import MAX_BYTES as MAX_BUNDLE_BYTES
from counterfoil.accountability.evidence.bundle import open_bundle
from counterfoil.accountability.evidence.check_public import check_part
from counterfoil.accountability.evidence.replay import replay
from counterfoil.accountability.inspection.nonce import MAX_BYTES, check_nonce, open_key
from counterfoil.accountability.inspection.rule import population
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.export import read_bundles, tile_rows
from counterfoil.tlog import VerifierKey, check_checkpoint, parse_proof, parse_vkey
from counterfoil.tlog.encoding import from_base64
from counterfoil.tlog.policy import Policy
from counterfoil.tlog.tiles import node_reader
from counterfoil.tlog.tree import Reader, root_at

_MAX_SEALED_BYTES: Final = 4096


class CheckSample(Public, frozen=True):
    """Check the sample in a folder. `holder` and `inspector`: verifier keys, from elsewhere;
    `policy`: whose cosignatures are enough, None for nobody's."""

    folder: Path
    holder: str
    inspector: str
    policy: Policy | None = None


class CheckedSample(Public, frozen=True):
    """What was established, as numbered sentences; how many answers were released, the index of
    each that was drawn, and what came out for each where it was made again."""

    released: int
    drawn: tuple[int, ...]
    outcomes: dict[int, str]
    statements: tuple[str, ...]


def check_sample(question: CheckSample, secret: bytes | None = None) -> CheckedSample:
    """Establish 1 to 5, and 6 with `secret`, the file of the nonce's key.

    Raises InputFault `sample_unreadable`, `nonce_key_unreadable`; VerifyFault `sample_nonce`,
    `sample_quorum`, `sample_ledger`, `sample_open`, `sample_rows`, `sample_bundle`, `sample_key`;
    as `check_object`, `check_export`, `check_part`, `replay`.
    """
    folder, holder = question.folder, parse_vkey(question.holder)
    inspector = parse_vkey(question.inspector)
    data = _read(folder / "nonce", MAX_BYTES)
    asked = check_nonce(data, inspector, holder, question.policy)  # 1
    checked = ledger.check_export(folder / "ledger", holder)  # 2
    nodes = node_reader(tile_rows(folder / "ledger", checked.size))
    size, said = asked.checkpoint.size, asked.said
    if size > checked.size or root_at(size, nodes) != asked.checkpoint.root:
        raise _fault("sample_ledger", "the ledger is not the one of the nonce's checkpoint")
    entries = chain.from_iterable(read_bundles(folder / "ledger", checked.size))
    found = population(entries, size, said.first, said.last)  # 3
    drawn = found.draw(asked.checkpoint.root, asked.nonce, said.rows)  # 4
    bundles = {index: _bundle(folder, index) for index in drawn}
    _require_no_more(folder, drawn)
    for index, bundle in bundles.items():  # 5
        _check_bundle(bundle, index, holder, checked.size, nodes)
    cosigned = ", ".join(asked.cosigned) or "nobody whom you named"
    statements = [
        f"1. {inspector.name} signed the nonce, over the checkpoint that {holder.name} signed at "
        f"{size} entries; cosigned by {cosigned}.",
        f"2. The ledger in the folder checks, {checked.size} entries, and begins with these.",
        f"3. From {said.first} to {said.last} (UTC) {len(found.batches)} answers were released "
        "whose rows were not disposed of.",
        f"4. Asked for were {said.rows}. The rule draws {len(drawn)} of them, and those are the "
        f"bundles: {', '.join(map(str, drawn)) or 'none'}.",
        "5. Each bundle is of the entry that was drawn, and its law, ledger, snapshot and officers "
        "check.",
    ]
    outcomes: dict[int, str] = {}
    if secret is not None:  # 6
        key = open_key(_sealed_key(folder), secret)
        outcomes = {index: replay(each, key, holder).outcome for index, each in bundles.items()}
        statements.append("6. Each answer was made again from its bundle, and is identical.")
    return CheckedSample(len(found.batches), drawn, outcomes, tuple(statements))


def _check_bundle(data: bytes, index: int, holder: VerifierKey, size: int, nodes: Reader) -> None:
    checked = check_part(open_bundle(data, holder))
    note = check_checkpoint(parse_proof(checked.part.entries[0].proof).note, holder)
    is_ours = note.size <= size and root_at(note.size, nodes) == note.root
    if checked.entries.index("answer") != index or not is_ours:
        raise _fault("sample_bundle", f"bundle {index} is of another answer, or another ledger")


def _require_no_more(folder: Path, drawn: tuple[int, ...]) -> None:
    bundles = folder / "bundles"
    there = {path.name for path in bundles.iterdir()} if bundles.is_dir() else set[str]()
    if there != {f"{index}.evidence" for index in drawn}:
        raise _fault("sample_rows", "the bundles are not those that the rule draws")


def _bundle(folder: Path, index: int) -> bytes:
    path = folder / "bundles" / f"{index}.evidence"
    if not path.is_file():
        raise _fault("sample_rows", f"answer {index} was drawn, and its bundle is not there")
    return _read(path, MAX_BUNDLE_BYTES)


def _sealed_key(folder: Path) -> bytes:
    return from_base64(_read(folder / "key", _MAX_SEALED_BYTES).decode("ascii").strip()) or b""


def _read(path: Path, limit: int) -> bytes:
    try:
        return read_ordinary(path, limit)
    except (OSError, ValueError):
        raise InputFault(
            "sample_unreadable",
            "a file of the sample is missing, or too long",
            place=path.name,
            cure="Name the folder that `inspect sample` wrote, or a copy of it.",
        ) from None


def _fault(code: str, why: str) -> VerifyFault:
    return VerifyFault(
        code,
        f"the sample does not check: {why}",
        place="sample",
        cure="Keep the folder, and ask the holder for an explanation.",
    )
