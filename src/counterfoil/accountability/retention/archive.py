"""The archive of a closed office: what goes on being checked when its keys are gone. Format
`counterfoil-archive-1`, one folder:

    README.txt                  how to check it
    archive.note                C2SP signed note by the holder's key, lines: the format, the
                                office, the size of the ledger, "sha256:..." of archive.json
    archive.json                canonical JSON {"entry","files","format","office","size"}: `entry`
                                is the place of the entry `closing`, `files` the digest of each
                                other file by its path
    closing.json                canonical JSON {"committed","officers","salt","signatures"}: the
                                closing as two officers signed it; opens the entry's commitment
    ledger/                     the whole ledger under its last checkpoint, cosigned where the
                                office has witnesses (ledger/export.py); `recalls` as of it
    keys/*.vkey, officers.json  the public keys of holder and officers, retired ones too
    law/                        the law in force at the end, agreement included
    laws/RULES/                 each law that batches were decided under, by the first 16 digits of
                                the digest that the ledger's entries name
    register/SNAPSHOT/          manifests and certificates of the register's snapshots with their
                                signatures; not the register
    office.toml, witnesses.policy

Nothing in it opens a request, an answer or a record; it names officers, and no person that was
asked about. It is no publication: some of it (settings, manifests) is the agency's own. A file of
another format is refused. Names that begin with a dot are no part of it.

`check_archive` establishes, from the files and the holder's verifier key alone:

    1  the holder signed the list
    2  every file is what the list says, and there is no other
    3  the ledger holds together under its checkpoint, and is as long as the list says
    4  its entry `closing` is what closing.json opens, and nothing but a fork was entered after it
"""

from __future__ import annotations

import hashlib
import json
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil import ledger
from counterfoil.batches import store
from counterfoil.controls.recall.listing import list_at
from counterfoil.controls.witnesses import Ask
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.core.values import Public
from counterfoil.gate.law.archive import KEPT_LAW, read_law_texts
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import decode
from counterfoil.ledger.export import read_bundles
from counterfoil.office import Office
from counterfoil.office.acts import Act
from counterfoil.register.snapshots import SIGNED
from counterfoil.tlog import Signer, VerifierKey, parse_checkpoint
from counterfoil.tlog.note import check_note, sign_note

__all__ = ["Ask", "CheckedArchive", "check_archive", "require_outside", "write_archive"]

FORMAT: Final = "counterfoil-archive-1"
_LIST, _NOTE, _CLOSING, _BEGUN = "archive.json", "archive.note", "closing.json", ".archive-of"
_MOST_LIST_BYTES: Final = 1 << 30
_AFTER: Final = (EntryKind.FORK,)
_README: Final = """Archive of the office {office}, closed by two officers (entry {entry} of its
ledger). Its keys are destroyed: nobody opens a request, an answer or a record of it again.

Check it with the holder's verifier key as you had it before, not with the one that lies here:

  counterfoil office check-archive . --holder-key holder.vkey
  counterfoil verify-export ledger --holder-key holder.vkey

Answers and proofs that the office gave go on verifying with the verbs `verify-answer` and
`verify-proof` and with `counterfoil-verify`; ledger/recalls lists what was recalled.
"""


class CheckedArchive(Public, frozen=True):
    """What was established: sentences; the digest of the list, the size of the ledger and the place
    of the closing."""

    statements: tuple[str, ...]
    digest: str
    size: int
    entry: int


class _List(Public, frozen=True, forbid_unknown_fields=True):
    format: str
    office: str
    size: int
    entry: int
    files: dict[str, str]


def require_outside(office: Office, folder: Path) -> None:
    """Raise UsageFault `archive_inside` for a folder inside the office, StateFault `archive_taken`
    for one that holds something else than this archive, begun before."""
    if folder.resolve().is_relative_to(office.directory.resolve()):
        raise UsageFault(
            "archive_inside",
            "the archive outlives the office and lies outside its folder",
            place="--archive",
            cure="Name a folder elsewhere, best on another disk.",
        )
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        begun = read_bounded(folder / _BEGUN, 4096).decode()
    except (OSError, ValueError):
        begun = ""
    if begun != office.settings.name:
        raise StateFault(
            "archive_taken",
            "the folder holds something else than this archive",
            place=folder.name,
            cure="Name an empty folder, or one in which this archive was begun.",
        )


def write_archive(office: Office, folder: Path, note: str, act: Act) -> str:
    """Write the archive under the checkpoint `note`; the digest of its list. May be done again.
    Raises StoreFault `archive_failed`, StateFault `export_other`; KeyFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / _BEGUN, office.settings.name.encode())
        with office.store.reading() as connection:
            ledger.export(connection, folder / "ledger", note)
        files = {"ledger/recalls": list_at(office, SERVICE, note).data}
        files |= _texts(office, act) | _kept_files(office)
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            replace_file(folder / path, data)
        size = parse_checkpoint(note).size
        digests = {path: _digest(folder / path) for path in _paths(folder)}
        listed = _List(FORMAT, office.settings.name, size, act.entry_index, digests)
        data = canonical.encode(msgspec.to_builtins(listed))
        replace_file(folder / _LIST, data)
        signed = sign_note(_signed_text(listed, canonical.digest(data)), [_lasting(office)])
        replace_file(folder / _NOTE, signed.encode())
    except OSError as fault:
        raise StoreFault(
            "archive_failed",
            f"the archive cannot be written ({type(fault).__name__})",
            place=folder.name,
            cure="No key was destroyed. Check disk space and permissions, then run it again.",
        ) from None
    return canonical.digest(data)


def check_archive(folder: Path, holder: VerifierKey) -> CheckedArchive:
    """Check an archive whole. See the module. Raises VerifyFault `archive_differs`; as `check_note`
    and `ledger.check_export`."""
    listed, digest = _signed_list(folder, holder)  # 1
    found = set(_paths(folder))
    for path in sorted(found ^ set(listed.files)):
        raise archive_differs(path)
    for path, said in listed.files.items():  # 2
        try:
            if _digest(folder / path) != said:
                raise archive_differs(path)
        except OSError:
            raise archive_differs(path) from None
    size = ledger.check_export(folder / "ledger", holder).size  # 3
    if size != listed.size:
        raise archive_differs("ledger/checkpoint")
    _require_closing(folder, listed)  # 4
    statements = (
        f"1. The list is signed by the holder's key, and its {len(listed.files)} files are those "
        "that it names.",
        f"2. The {size} entries of the ledger are under its checkpoint.",
        f"3. Entry {listed.entry} closed the office, by the two officers whom closing.json shows.",
    )
    return CheckedArchive(statements, digest, size, listed.entry)


def archive_differs(path: str) -> VerifyFault:
    """A file of the archive is not what its list says."""
    return VerifyFault(
        "archive_differs",
        "a file of the archive is missing, altered or not of it",
        place=path,
        cure="Compare with another copy. While the office's keys are there: remove the folder and "
        "run the closing again, which writes it anew.",
    )


# -- what stands in it -------------------------------------------------------------------------


def _texts(office: Office, act: Act) -> dict[str, bytes]:
    """What is written anew."""
    signed = json.loads(act.signatures)
    closing = {
        "committed": act.committed.decode("ascii"),
        "officers": [act.officer, act.second],
        "salt": act.salt.hex(),
        "signatures": [json.dumps(each, sort_keys=True) for each in signed],
    }
    with office.store.reading() as connection:
        enrolled = store.list_enrolled(connection)
        laws = connection.execute(KEPT_LAW.select()).all()
    officers = [
        {"active": active, "name": officer.name, "role": str(role), "vkey": officer.vkey}
        for officer, role, active in enrolled
    ]
    readme = _README.format(office=office.settings.name, entry=act.entry_index)
    files = {
        "README.txt": readme.encode(),
        _CLOSING: canonical.encode(closing),
        "officers.json": canonical.encode(officers),
    }
    texts = {f"law/{path}": text for path, text in read_law_texts(office.directory / "law").items()}
    for row in laws:
        folder = f"laws/{row.rules.removeprefix('sha256:')[:16]}"
        kept = json.loads(bytes(row.files))
        texts |= {f"{folder}/{path}": text for path, text in kept.items()}
    return files | {path: text.encode() for path, text in texts.items()}


def _kept_files(office: Office) -> dict[str, bytes]:
    """What is copied from the office's folder."""
    top = office.directory
    found = {f"keys/{path.name}": path for path in (top / "keys").glob("*.vkey")}
    found["office.toml"] = top / "office.toml"
    if office.settings.witnesses:
        found["witnesses.policy"] = top / office.settings.witnesses
    for pattern in SIGNED:
        for path in office.register_directory.glob(f"[0-9]*/{pattern}"):
            found[f"register/{path.parent.name}/{path.name}"] = path
    return {name: path.read_bytes() for name, path in sorted(found.items())}


def _lasting(office: Office) -> Signer:
    """The holder's present key alone."""
    signer = office.signer()
    return Signer(signer.name, signer.private)


# -- the list ----------------------------------------------------------------------------------


def _paths(folder: Path) -> list[str]:
    """Every file of the archive but the list and its note. Raises VerifyFault for a link."""
    paths: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith(".") or name in (_LIST, _NOTE):
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise archive_differs(name)
        if path.is_file():
            paths.append(name)
    return paths


def _signed_list(folder: Path, holder: VerifierKey) -> tuple[_List, str]:
    try:
        data = read_bounded(folder / _LIST, _MOST_LIST_BYTES)
        listed = msgspec.json.decode(data, type=_List)
        note = read_bounded(folder / _NOTE, 65_536)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise archive_differs(_LIST) from None
    text = check_note(note, [holder])[0].text
    digest = canonical.digest(data)
    if listed.format != FORMAT or text != _signed_text(listed, digest):
        raise archive_differs(_LIST)
    return listed, digest


def _signed_text(listed: _List, digest: str) -> str:
    return f"{FORMAT}\n{listed.office}\n{listed.size}\n{digest}\n"


def _require_closing(folder: Path, listed: _List) -> None:
    entries = chain.from_iterable(read_bundles(folder / "ledger", listed.size))
    after = [decode(data, "entry") for index, data in enumerate(entries) if index >= listed.entry]
    said: dict[str, Any] = json.loads(read_bounded(folder / _CLOSING, 1_000_000))
    try:
        salt, committed = bytes.fromhex(said["salt"]), said["committed"].encode("ascii")
        opens = canonical.commit(salt, committed) == after[0].fields["commitment"]
        is_closing = after[0].kind is EntryKind.CLOSING
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        raise archive_differs(_CLOSING) from None
    if not (opens and is_closing) or any(each.kind not in _AFTER for each in after[1:]):
        raise archive_differs(_CLOSING)


def _digest(path: Path) -> str:
    """The digest of a file of any size. Raises OSError."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
