"""Files, of the subject `writers`: whoever can write every file of an office, the keys' folder and
the register's included, and opens no key file.

Each attack writes files and has an honest question answered. It succeeded where an answer leaves,
or a register is built, that rests on a key or a snapshot which the ledger does not name; it is
stopped by the code of the first command that refuses. Two are of somebody who has less: the
published folder alone, or a user of the machine. They succeeded where a file of the office is
overwritten, or is readable.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.attacks.attack import Attack, Group, NotRun, Outcome, stopped
from scripts.attacks.attack import succeeded as success
from scripts.attacks.office import Office, write_csv
from scripts.attacks.people import SOURCE_COLUMNS, crowd, person, request
from scripts.attacks.writers import Case, Refused, stranger_key

ITEMS: Final[dict[str, str]] = {}
"""Those of writers.py."""
_ITEM: Final = "writers-1"
_STRANGER: Final = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


def _vkey(case: Case) -> str:
    """A verifier key of the office's name that nobody entered."""
    name = (case.office.path / "keys" / "holder.vkey").read_text().partition("+")[0]
    public = b"\x01" + _STRANGER.public_key().public_bytes_raw()
    key_id = sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return f"{name}+{key_id}+{b64encode(public).decode()}\n"


def _snapshot(case: Case) -> Path:
    register = case.office.path / "register"
    return register / (register / "current").read_text().strip()


def _next_key(case: Case) -> None:
    keys, snapshot = case.office.path / "keys", _snapshot(case)
    (keys / "holder.next.vkey").write_text(_vkey(case))
    shutil.copy(keys / "holder.key", keys / "holder.next.key")
    signature = _STRANGER.sign((snapshot / "manifest.json").read_bytes())
    (snapshot / "manifest.sig").write_bytes(b64encode(signature) + b"\n")
    case.to("release")


def _key_put_back(case: Case, purpose: str) -> None:
    keys = case.office.path / "keys"
    pair = ("--officer", case.office.key("a"), "--second", case.office.key("b"))
    before = (keys / f"{purpose}.key").read_bytes()
    if case.office.at("key", "rotate", purpose, *pair).code:
        raise NotRun("this version exchanges no key")
    (keys / f"{purpose}.key").write_bytes(before)
    case.to("release")


def _older_snapshot(case: Case) -> None:
    current = case.office.path / "register" / "current"
    before = current.read_bytes()
    rows = (person("r2", "Rosalind", "Achterberg", "12 Elsewhere Rd"), *crowd(40))
    source = write_csv(case.folder / "newer.csv", rows, SOURCE_COLUMNS)
    case.at("register", "build", source, "--made-up")
    current.write_bytes(before)
    case.to("release")


def _cut_off(case: Case) -> None:
    """Every trace of the head is deleted, and the ledger before its first `state`; whoever did it
    has a row of an officer."""
    stranger, vkey = stranger_key(case)
    (case.office.path / "keys" / "ledger-head").unlink(missing_ok=True)
    tables = [each["name"] for each in case.rows("sqlite_master", "type = 'table'")]
    emptied = [each for each in ("ledger_head", "remembered", "ledger_tile") if each in tables]
    columns = "name, vkey, public_key, enrolled_at, active, role"
    values = f"'mallory', '{vkey}', 'aa', '2026-01-01T00:00:00Z', 1, 'disclosure'"
    case.write(
        *(f"DELETE FROM {table}" for table in emptied),
        "DELETE FROM ledger_block WHERE start >= 5",
        "DELETE FROM ledger_checkpoint WHERE size > 5",
        f"INSERT INTO office_officer ({columns}) VALUES ({values})",
    )
    case.to("review")
    case.second = stranger
    case.release()


def _yesterday(case: Case, *edits: Callable[[Case], object]) -> None:
    """A copy of every file of the office from before a release, put back after it with these
    edits; where the office published before the copy, and after the release."""
    settings, office = case.office.path / "office.toml", case.office.path
    settings.write_text(settings.read_text().replace('publish_to = ""', 'publish_to = "../public"'))
    case.at("ledger", "publish")
    case.to("review")
    with case.database() as owner:
        owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = shutil.copytree(office, case.folder / "yesterday")
    case.release()
    case.at("ledger", "publish")
    shutil.rmtree(office)
    shutil.copytree(copy, office)
    for edit in edits:
        edit(case)
    case.release()


def _unpublish(case: Case) -> None:
    shutil.rmtree(case.office.path.parent / "public")


def _name_no_folder(case: Case) -> None:
    settings = case.office.path / "office.toml"
    settings.write_text(settings.read_text().replace('publish_to = "../public"', 'publish_to = ""'))


def _before_upgrade(case: Case) -> None:
    """A batch of an office of an earlier version is withdrawn under this one; then the database of
    before is put back, and what notes that there was a head is deleted."""
    folder = case.folder / "earlier"
    from scripts.make_old_office import unpack  # what it needs, an earlier tree may lack

    packed = Path(__file__).parents[2] / "tests" / "vectors" / "old-office.txt"
    unpack(packed.read_text(encoding="ascii"), folder)
    case.office = Office(folder)
    case.batch = str(json.loads((folder / "batches.json").read_bytes())["reviewed"])
    case.second = case.office.key("b")
    with case.database() as owner:
        owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = shutil.copy(case.office.path / "office.db", case.folder / "before.db")
    kept = case.folder / "kept.checkpoint"
    kept.write_text(max(case.rows("ledger_checkpoint"), key=lambda row: row["size"])["note"])
    if case.office.at("office", "adopt", "--checkpoint", kept).code:
        raise NotRun("this version takes no office of an earlier one")
    case.at("withdraw", case.batch, "--officer", case.office.key("a"))
    for path in case.office.path.glob("office.db*"):
        path.unlink()
    shutil.copy(before, case.office.path / "office.db")
    (case.office.path / "keys" / "ledger-head").unlink()
    case.release()


def _published_link(case: Case) -> None:
    """Links under the names that publishing writes beside each page."""
    public, key = case.folder / "public", case.office.path / "keys" / "holder.key"
    public.mkdir()
    for name in ("checkpoint", "index.html", "holder.vkey", "counts.csv"):
        (public / f".{name}.tmp").symlink_to(key)
    before = key.read_bytes()
    case.at("ledger", "publish", "--to", public)
    if key.read_bytes() == before:
        raise Refused("not_written_through")


def _rejects_link(case: Case) -> None:
    listed, key = case.folder / "rejects.jsonl", case.office.path / "keys" / "holder.key"
    listed.symlink_to(key)
    before = key.read_bytes()
    broken = request(1, "Marisol", "Quintana", "1847 Heron Lake Rd") | {"date_of_birth": "x"}
    file = case.office.sign(case.office.write([broken]))
    case.office.at("receive", file, "--rejects", listed)
    if key.read_bytes() == before:
        raise Refused("not_written_through")


def _readable(case: Case) -> None:
    case.to("release")
    files = case.office.path.glob("*.db*")
    if not any(path.stat().st_mode & 0o007 for path in files):
        raise Refused("mode_private")


_ATTACKS: Final[tuple[tuple[str, str, Callable[[Case], None]], ...]] = (
    ("next-holder-key", "a next holder's key that no officer entered signs a manifest", _next_key),
    (
        "payload-key-back",
        "a payload key that was exchanged is put back",
        lambda case: _key_put_back(case, "payload"),
    ),
    ("older-snapshot", "an older snapshot is made current again", _older_snapshot),
    ("cut-off", "the ledger is cut off before its first head, which is deleted", _cut_off),
    (
        "yesterday-unpublished",
        "an older copy of every file releases again, what was published being deleted",
        lambda case: _yesterday(case, _unpublish),
    ),
    (
        "yesterday-elsewhere",
        "the same beside a newer public folder, which office.toml no longer names",
        lambda case: _yesterday(case, _name_no_folder),
    ),
    (
        "yesterday-nowhere",
        "the same, deleted and no longer named",
        lambda case: _yesterday(case, _unpublish, _name_no_folder),
    ),
    (
        "before-upgrade",
        "the database that an earlier version left revives a batch that was withdrawn since",
        _before_upgrade,
    ),
    ("published-link", "links planted in the published folder, to a key", _published_link),
    ("rejects-link", "a link planted where rejects are listed, to a key", _rejects_link),
    ("database-readable", "the database is read by every user of the machine", _readable),
)


def _outcome(run: Callable[[Case], None], folder: Path) -> Outcome:
    case = Case(folder)
    try:
        run(case)
    except Refused as refused:
        return stopped(str(refused))
    return success("an answer left")


def _run(name: str, run: Callable[[Case], None]) -> Callable[[Path], Mapping[str, Outcome]]:
    return lambda folder: {name: _outcome(run, folder)}


GROUPS: tuple[Group, ...] = tuple(
    Group(f"writers-{name}", (Attack(_ITEM, name, what),), _run(name, run))
    for name, what, run in _ATTACKS
)
