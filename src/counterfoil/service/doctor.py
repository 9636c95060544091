"""`counterfoil office doctor`: an office and its service looked at from the office's own machine.
Reads only: nothing is migrated, settled, made or entered, and no passphrase is needed.

    configuration   office.toml, law, agreement; the service's configuration beside them
    permissions     whose the folders are, who else may read keys
    keys            those of the office are there, sealed, and no exchange was broken off
    database        it can be reached and is of this version
    batch keys      their store is there, and has what the database's batches need and no more
    clock           against the ledger's newest entry; whether the machine keeps it by a source
    standing        register, certificates, agreement, publication: what `status` tells
    witnesses       the policy can be read
    disk            free space where the office, the mailbox and the public folder lie
    mailbox         its folders, their rights, and what lies in the inbox

Every finding has a code, a place and a cure. `fail` is what keeps the office from working or lets
somebody in, `warn` what will.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from counterfoil.client.status import BY_CLOCK, office_state
from counterfoil.controls.witnesses import office_policy
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Public
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import Office, open_office, read_vkey
from counterfoil.office.keys import key_files
from counterfoil.office.keys.wrapped_keys import count_shares
from counterfoil.office.lease import service_place
from counterfoil.office.settings import read_settings
from counterfoil.service.config import FILE, ServiceConfig, read_config

KEYS: Final = ("holder", "register", "payload")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LEAST_BYTES: Final = 256 << 20
_LOW_BYTES: Final = 2 << 30
_OLD_SECONDS: Final = 3600
_UNSYNCHRONIZED: Final = 5
"""What adjtimex(2) returns of a clock that no source keeps."""
Level = Literal["ok", "warn", "fail"]


class Finding(Public, frozen=True):
    """What was found of one thing. `code` and `cure` are "" where it is as it should be."""

    subject: str
    level: Level
    place: str
    words: str
    code: str = ""
    cure: str = ""


def examine_office(directory: Path, config: Path | None = None) -> list[Finding]:
    """Every finding, in the order of the module. `config`: the service's configuration; where none
    is named, the one beside the office, if there is one. Raises nothing of the office."""
    beside = directory.absolute().parent / FILE
    path = config or (beside if beside.is_file() else None)
    service, found = _service(path)
    office, opened = _office(directory)
    found = [*opened, *found]
    found += [*_permissions(directory), *_keys(directory)]
    if office is not None:
        try:
            found += [*_batch_keys(office), *_clock(office), *_standing(office)]
            found += [] if service is None else _agrees(office, service)
        finally:
            office.close()
    found += _disk(directory, service)
    found += [] if service is None else _mailbox(service, directory)
    return found


def _office(directory: Path) -> tuple[Office | None, list[Finding]]:
    try:
        office = open_office(directory, looks_only=True)
    except CounterfoilError as fault:
        return None, [_fault("configuration", fault)]
    words = f"{office.settings.name}, agreement {office.law.agreement.id}"
    reached = _ok("database", office.store.engine.dialect.name, "reached, of this version")
    return office, [_ok("configuration", directory.name, words), reached]


def _service(path: Path | None) -> tuple[ServiceConfig | None, list[Finding]]:
    if path is None:
        return None, []
    try:
        config = read_config(path)
    except CounterfoilError as fault:
        return None, [_fault("configuration", fault)]
    return config, [_ok("configuration", path.name, "the service's configuration can be read")]


def _permissions(directory: Path) -> Iterator[Finding]:
    """Whose the folders and key files are, and who else may read them."""
    clean = True
    keys = directory / "keys"
    closed = [keys, directory / "batch-keys.db", *sorted(keys.glob("*.key"))]
    if _lets_in(directory):  # an office made by an earlier version may have left these open
        closed += sorted(directory.glob("office.db*"))
    for path in (directory, *closed):
        try:
            told = path.stat(follow_symlinks=False)
        except OSError:
            continue
        if told.st_uid != os.geteuid() and os.geteuid() != 0:
            clean = False
            words = "belongs to another user than the one who looks"
            cure = "Run the office, and this, as the user whose the folder is."
            yield Finding("permissions", "warn", path.name, words, "office_owner_other", cure)
        opened = told.st_mode & (_OTHERS if path != directory else stat.S_IWGRP | stat.S_IWOTH)
        if opened:
            clean = False
            words = f"mode {stat.S_IMODE(told.st_mode):04o} lets others in"
            mode = "go-w" if path == directory else "go="
            cure = f"Run chmod {mode} on it."
            yield Finding("permissions", "fail", path.name, words, "office_folder_open", cure)
    if clean:
        yield _ok("permissions", directory.name, "keys are readable to their owner alone")


def _lets_in(directory: Path) -> bool:
    try:
        return bool(directory.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH))
    except OSError:
        return False


def _keys(directory: Path) -> Iterator[Finding]:
    """Whether the office's own keys are there and sealed."""
    keys, clean = directory / "keys", True
    try:
        sandbox = read_settings(directory).sandbox
    except CounterfoilError:
        sandbox = False
    for name in KEYS:
        path = keys / f"{name}.key"
        try:
            sealed = keyfile.needs_passphrase(path)
        except CounterfoilError as fault:
            clean = False
            cure = "Put the newest copy of the folder `keys` back: docs/guides/recovery.md."
            yield Finding("keys", "fail", path.name, fault.message, "office_key_missing", cure)
            continue
        if not sealed and not sandbox:
            clean = False
            cure = "Seal it under a passphrase with `counterfoil key passphrase DIR`."
            words = "the key lies open, and this is no sandbox"
            yield Finding("keys", "fail", path.name, words, "office_key_open", cure)
    try:
        read_vkey(keys / "holder.vkey")
        broken_off = key_files.read_plan(keys) is not None
    except CounterfoilError as fault:
        clean, broken_off = False, False
        yield _fault("keys", fault)
    if broken_off:
        clean = False
        words = "an exchange of keys was begun and not ended"
        cure = "Start the service, or run any command that acts: it ends what was begun."
        yield Finding("keys", "warn", "keys", words, "key_exchange_unfinished", cure)
    if clean:
        yield _ok("keys", "keys", f"{', '.join(KEYS)} are there")


def _batch_keys(office: Office) -> Iterator[Finding]:
    """Whether the store of batch keys fits the database."""
    try:
        counts = count_shares(office)
    except CounterfoilError as fault:
        yield _fault("batch keys", fault)
        return
    place, run = "batch_keys", "Run `counterfoil retention run`; the service does so every day."
    if counts.missing:
        words = f"batches that do not open, their shares being gone: {counts.missing}"
        cure = "Put the newest copy of the store of batch keys back: docs/operate/backup.md."
        yield Finding("batch keys", "fail", place, words, "batch_keys_missing", cure)
    if counts.left:
        words = f"batches that were disposed of and still have a share: {counts.left}"
        yield Finding("batch keys", "warn", place, words, "batch_keys_left", run)
    if counts.alone:
        words = f"batches of an earlier version, which any backup opens: {counts.alone}"
        yield Finding("batch keys", "warn", place, words, "batch_keys_older", run)
    if not any(counts):
        yield _ok("batch keys", place, "each batch that has rows has its share, and no other")


def _clock(office: Office) -> Iterator[Finding]:
    """Whether the machine's clock is kept by a source; the ledger is compared in `_standing`."""
    if _clock_state() == _UNSYNCHRONIZED:
        words = "no source of time keeps the machine's clock"
        cure = "Have it kept, by chrony or systemd-timesyncd; deadlines and windows rest on it."
        yield Finding("clock", "warn", "clock", words, "clock_unsynchronized", cure)
    else:
        yield _ok("clock", "clock", f"{office.clock():%Y-%m-%d %H:%M:%S} UTC")


def _clock_state() -> int:
    """What adjtimex(2) says when nothing is changed; 0 where it cannot be asked."""
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)))
    except (OSError, AttributeError):
        return 0


def _standing(office: Office) -> Iterator[Finding]:
    """What `status` tells of the office itself, and whether the witnesses' policy can be read."""
    try:
        policy = office_policy(office)
        words = "none are set" if policy is None else "the policy can be read"
        state = office_state(office, NOBODY)
        served = service_place(office.directory) is not None
    except CounterfoilError as fault:
        yield _fault("standing", fault)
        return
    yield _ok("witnesses", office.settings.witnesses or "witnesses", words)
    needs = [
        each for each in state.needs if not each.code.startswith(("batch_", "rows_", "answer_"))
    ]
    for each in needs:
        cure = f"`counterfoil {each.command}`" if each.command else each.words
        if served and each.code in BY_CLOCK:
            cure = "The service does it by its clock; if this stays, its log says why: duty_failed."
        subject = "clock" if each.code == "clock_behind" else "standing"
        level: Level = "fail" if each.code in _STOPS else "warn"
        yield Finding(subject, level, each.about or "office", each.words, each.code, cure)
    if not needs:
        yield _ok("standing", state.standing.snapshot, "register, agreement and clocked work")


_STOPS: Final = frozenset(
    {"clock_behind", "agreement_over", "agreement_early", "orders_disagree", "register_missing"}
)


def _agrees(office: Office, config: ServiceConfig) -> Iterator[Finding]:
    """Whether the service's configuration is of this office."""
    door, agreement = config.gateway_door, office.law.agreement
    cure = f"Correct {FILE}; docs/operate/service.md lists the fields."
    checks: list[tuple[str, bool, str]] = [
        ("service_office_other", _same(config.office, office.directory), "names another office")
    ]
    if office.settings.publish_to:
        published = _same(config.public, office.directory / office.settings.publish_to)
        checks.append(("service_public_other", published, "publishes in another folder"))
    if door is not None:
        holders = {str(office.holder_key), str(office.next_holder_key or "")}
        agreed = set(agreement.exchange.certificates if agreement.exchange else ())
        sandbox = office.settings.sandbox
        checks += [
            ("service_holder_other", door.holder in holders, "names another holder's key"),
            (
                "service_certificates_other",
                sandbox or set(door.certificates) == agreed,
                "lets in other certificates than the agreement names",
            ),
            ("service_open_files", sandbox or not door.open_files, "takes files in the open"),
        ]
    wrong = [(code, words) for code, right, words in checks if not right]
    for code, words in wrong:
        yield Finding("configuration", "fail", FILE, f"the service {words}", code, cure)
    if not wrong:
        yield _ok("configuration", FILE, "the service is of this office")


def _same(one: Path, two: Path) -> bool:
    return one.resolve() == two.resolve()


def _disk(directory: Path, config: ServiceConfig | None) -> Iterator[Finding]:
    """Free space where the office writes."""
    folders = [directory, *([config.mailbox, config.public] if config else [])]
    seen: set[int] = set()
    for folder in folders:
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        if device in seen:
            continue
        seen.add(device)
        free = f"{usage.free / (1 << 30):.1f} GB of {usage.total / (1 << 30):.1f} GB are free"
        if usage.free < _LOW_BYTES:
            level: Level = "fail" if usage.free < _LEAST_BYTES else "warn"
            cure = "Make room, or move it to a larger disk: what cannot be entered is not done."
            yield Finding("disk", level, folder.name, free, "disk_low", cure)
        else:
            yield _ok("disk", folder.name, free)


def _mailbox(config: ServiceConfig, directory: Path) -> Iterator[Finding]:
    """The mailbox's folders and their rights, and what waits in the inbox."""
    mailbox, clean = Mailbox(config.mailbox), True
    for folder in (mailbox.inbox, mailbox.outbox, mailbox.receipts):
        try:
            told = folder.stat(follow_symlinks=False)
        except OSError:
            told = None
        if told is None or not stat.S_ISDIR(told.st_mode):
            wrong = ("mailbox_missing", "it is no folder", "Start the service, which makes it.")
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            wrong = ("mailbox_closed", "it cannot be written", "Give the office's user the right.")
        elif told.st_mode & stat.S_IWOTH:
            wrong = ("mailbox_open", "everybody may write it", "Run chmod o-w on it.")
        else:
            continue
        clean = False
        yield Finding("mailbox", "fail", folder.name, wrong[1], wrong[0], wrong[2])
    if not clean:
        return
    others = mailbox.count_others()
    if others:
        words = f"what is no item by its name or its kind, and is never taken in: {others}"
        cure = "Tell whoever put it there: an item is a file named by 32 hex digits and `.item`."
        yield Finding("mailbox", "warn", "inbox", words, "mailbox_others", cure)
    waiting = mailbox.waiting(1)
    if waiting and time.time() - waiting[0].modified > _OLD_SECONDS:
        words = "an item waits for more than an hour"
        cure = "See the service's log; start it where it does not run."
        yield Finding("mailbox", "warn", "inbox", words, "mailbox_waits", cure)
    else:
        running = "a service runs" if service_place(directory) else "no service runs"
        yield _ok("mailbox", config.mailbox.name, f"{running}; the folders can be written")


def _ok(subject: str, place: str, words: str) -> Finding:
    return Finding(subject, "ok", place, words)


def _fault(subject: str, fault: CounterfoilError) -> Finding:
    return Finding(subject, "fail", fault.place, fault.message, fault.code, fault.cure)
