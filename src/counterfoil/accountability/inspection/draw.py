"""An office draws the inspector's sample (rule.py) and writes it as one folder:

    FOLDER/nonce                        what the inspector signed (nonce.py)
    FOLDER/ledger/...                   the ledger, as `ledger export` writes it
    FOLDER/bundles/INDEX.evidence       for each drawn answer its evidence bundle
                                        (accountability/evidence); INDEX is that of its entry
    FOLDER/key                          the one key of these bundles, sealed to the inspector

What is done, in this order:

    1  the nonce is the inspector's, over a checkpoint of this very ledger, which a quorum of the
       office's own witnesses cosigned, where it has any; days and rows are those that were asked
    2  the look is entered, and the population read from the ledger's entries
    3  each drawn answer is exported as any evidence is: entered, and counted as an opening
    4  the ledger is signed and exported, and the whole folder checked as its reader will

A suspension does not stop it. Broken off, it is run again into another folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from counterfoil import ledger
from counterfoil.accountability.accounting.lines import raw_lines
from counterfoil.accountability.evidence.bundle import KEY_BYTES
from counterfoil.accountability.evidence.export import ExportEvidence, export_evidence
from counterfoil.accountability.inspection.check import CheckSample, check_sample
from counterfoil.accountability.inspection.nonce import (
    MAX_BYTES,
    AskedSample,
    check_nonce,
    seal_key,
)
from counterfoil.accountability.inspection.rule import Population, population
from counterfoil.batches import store as batches
from counterfoil.controls.witnesses import office_policy
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Actor, Progress, Upload, Work, finish
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.office import Office, journal
from counterfoil.office.accounting_records import read_record
from counterfoil.office.authority import require_reader
from counterfoil.tlog import VerifierKey, parse_vkey
from counterfoil.tlog.encoding import to_base64

NONCE: Final = "nonce"
LEDGER: Final = "ledger"
BUNDLES: Final = "bundles"
KEY: Final = "key"
_NAME: Final = re.compile(
    r"(nonce|key|bundles/[0-9]+\.evidence|ledger(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+)"
)
_MOST_SENT: Final = 128_000_000


class DrawSample(Public, frozen=True):
    """Draw the sample that an inspector asked for into a new folder. `inspector`: the inspector's
    verifier key, from elsewhere than the nonce."""

    nonce: Upload
    inspector: str
    first: date
    last: date
    rows: int
    folder: Path


class DrawnSample(Public, frozen=True):
    """What was drawn: how many released answers there were, the index of the entry of each that was
    drawn, and what a reader establishes of the folder."""

    folder: str
    released: int
    drawn: tuple[int, ...]
    statements: tuple[str, ...]


class DrawFiles(Public, frozen=True):
    """As `DrawSample`, for who is not at the office's machine: the folder comes as files."""

    nonce: Upload
    inspector: str
    first: date
    last: date
    rows: int


class SampleFiles(Sensitive, frozen=True):
    """The folder of a sample: its files by their paths in it, and what was drawn."""

    files: dict[str, bytes]
    sample: DrawnSample


def draw_sample_files(office: Office, actor: Actor, question: DrawFiles) -> SampleFiles:
    """Draw a sample for an officer or an inspector elsewhere. Raises as `draw_sample`; StateFault
    `sample_large`."""
    with TemporaryDirectory(prefix="sample-") as made:
        folder = Path(made)
        command = DrawSample(
            question.nonce, question.inspector, question.first, question.last, question.rows, folder
        )
        drawn = finish(draw_sample(office, actor, command))
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        if sum(path.stat().st_size for path in paths) > _MOST_SENT:
            raise StateFault(
                "sample_large",
                f"the folder of the sample is larger than {_MOST_SENT // 1_000_000} MB",
                place="sample",
                cure="Have the operator draw it on the office's own machine. It was entered, and "
                "counted as openings, all the same.",
            )
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return SampleFiles(files, msgspec.structs.replace(drawn, folder=""))


def write_sample(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a sample that came from elsewhere into a new folder. Raises UsageFault
    `sample_folder`, StoreFault `sample_failed`, VerifyFault `sample_path`."""
    _require_empty(folder)
    for name, data in files.items():
        if not _NAME.fullmatch(name):
            raise VerifyFault(
                "sample_path",
                "a file of the sample has a name that none of a sample's has",
                place="sample",
                cure="Use none of it, and tell the office.",
            )
        _write(folder, name, data)


def draw_sample(office: Office, actor: Actor, command: DrawSample) -> Work[DrawnSample]:
    """Draw it, for an officer or an inspector, and write the folder.

    Raises UsageFault `sample_folder`, `sample_asked`; VerifyFault `sample_nonce`, `sample_quorum`,
    `sample_open`, `ledger_rewritten`; StateFault `sample_gone`; StoreFault `sample_failed`; as
    `require_reader`, `check_object`, `export_evidence`, `check_sample`.
    """
    with office.store.reading() as connection:
        officer = require_reader(connection, actor)
    inspector = parse_vkey(command.inspector)
    data = command.nonce.read_whole(MAX_BYTES)
    asked = _asked(office, command, data, inspector)  # 1
    _require_empty(command.folder)
    said = {"sample": canonical.digest(data)}
    with office.store.transaction() as connection:  # 2
        journal.enter_look(office, connection, officer, said)
    with office.store.reading() as connection:
        entries = office.ledger.entries(connection, 0, office.ledger.size(connection))
        found = population(entries, asked.checkpoint.size, command.first, command.last)
        drawn = found.draw(asked.checkpoint.root, asked.nonce, command.rows)
        named = _requests(office, connection, found, drawn)
    key = office.random(KEY_BYTES)
    _write(command.folder, NONCE, data)
    for done, (index, (batch, request_id)) in enumerate(named.items(), 1):  # 3
        wanted = ExportEvidence(batch, request_id)
        made = export_evidence(office, officer, wanted, key=key)
        _write(command.folder, f"{BUNDLES}/{index}.evidence", made.bundle)
        yield Progress(done, len(named), "export")
    _write(command.folder, KEY, to_base64(seal_key(key, asked.said)).encode() + b"\n")
    with office.store.transaction() as connection:  # 4
        note = office.ledger.sign_checkpoint(connection, office.signer())
        ledger.export(connection, command.folder / LEDGER, note)
    holder, policy = str(office.holder_key), office_policy(office)
    checked = check_sample(CheckSample(command.folder, holder, command.inspector, policy))
    return DrawnSample(str(command.folder), len(found.batches), drawn, checked.statements)


def _asked(office: Office, command: DrawSample, data: bytes, inspector: VerifierKey) -> AskedSample:
    asked = check_nonce(data, inspector, office.holder_key, office_policy(office))
    said = asked.said
    if (said.first, said.last, said.rows) != (command.first, command.last, command.rows):
        raise UsageFault(
            "sample_asked",
            "the inspector signed other days or another number of rows",
            place="--from, --to, --rows",
            cure=f"Name what was signed: from {said.first} to {said.last}, {said.rows} rows.",
        )
    with office.store.reading() as connection:
        office.ledger.check_ours(connection, asked.checkpoint)
    return asked


def _requests(
    office: Office, connection: Connection, found: Population, drawn: tuple[int, ...]
) -> dict[int, tuple[str, str]]:
    """(batch, request id) of each drawn answer, by the index of its entry."""
    wanted, named = set(drawn), dict[int, tuple[str, str]]()
    for batch_id in dict.fromkeys(found.batches[index] for index in drawn):
        kept = raw_lines(office, connection, batches.find_batch(connection, batch_id))
        for line in kept[1] if kept else ():
            record = read_record(line)
            if record.answer_entry in wanted:
                named[record.answer_entry] = batch_id, record.request_id
    if named.keys() != wanted:
        raise StateFault(
            "sample_gone",
            "the rows of a drawn answer are no longer there",
            place="sample",
            cure="They were disposed of after the checkpoint. Have the inspector sign a nonce over "
            "a newer one.",
        )
    return dict(sorted(named.items()))


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageFault(
            "sample_folder",
            "the folder of the sample is not empty",
            place=folder.name,
            cure="Name a new folder.",
        )


def _write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, data)
    except OSError:
        raise StoreFault(
            "sample_failed",
            "the folder of the sample cannot be written",
            place=folder.name,
            cure="Check disk space and permissions, then draw it again into another folder.",
        ) from None
