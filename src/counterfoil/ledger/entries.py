"""Entries: what the ledger says, and all that it can say. Version 1.

An entry is canonical JSON (RFC 8785) of at most 768 bytes, ASCII only:

    {"batch":"b-0f1e2d3c4b5a6978","commitment":"sha256:9f86...0a08","count":3,"kind":"refused",
     "time":"2026-03-02T14:05:00Z","v":1}

Every entry has `count` (how many entries of its kind there are, itself included: 1 for the first),
`kind`, `time` (UTC, whole seconds) and `v` (1). `KINDS` lists the kinds and the fields that each
one has besides; `FIELDS` says what a field may hold: digests, batch ids, small numbers and words
from a list. There is no field for text, so no entry can carry a value of a person's record, a name
or an address. A `commitment` is salted (canon.commit): its salt rests with the payload.

Another `v`, a kind or field that is not listed, a missing field, a value outside its grammar and
bytes that are not canonical are refused, when written and when read. To add a kind, add its name to
`EntryKind` and one row to `KINDS`; readers of an older version refuse it, and say so. Nothing is
ever removed or changed: entries are for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public

VERSION: Final = 1
MAX_ENTRY_BYTES: Final = 768
MAX_NUMBER: Final = 999_999_999

Value = str | int


class EntryKind(StrEnum):
    """The closed list. The table `KINDS` says what each one means."""

    OFFICE = "office"
    KEY = "key"
    LAW = "law"
    SNAPSHOT = "snapshot"
    CERTIFICATE = "certificate"
    BATCH = "batch"
    REJECTED = "rejected"
    GRANTED = "granted"
    REFUSED = "refused"
    OPENING = "opening"
    NOT_COMPARED = "not_compared"
    REVIEW = "review"
    DISCLOSURE = "disclosure"
    RELEASE = "release"
    INSPECTION = "inspection"
    WITHDRAWAL = "withdrawal"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    OVERRIDE = "override"
    FORK = "fork"
    INCIDENT = "incident"
    DISPOSAL = "disposal"
    RETENTION_HOLD = "retention_hold"
    RETENTION_LIFT = "retention_lift"
    DELAY = "delay"
    HOLD = "hold"
    PUBLISHED = "published"
    REPLAY = "replay"
    RECONCILED = "reconciled"
    DETERMINED = "determined"
    SAMPLE = "sample"
    ACCOUNTING = "accounting"
    INFORM = "inform"
    COMPARISON = "comparison"
    STATE = "state"
    SETTINGS = "settings"
    NOTICE_RULE = "notice_rule"
    NOTICE = "notice"
    DUTY = "duty"
    LITIGATION_HOLD = "litigation_hold"
    RECALL = "recall"
    RECEIPT = "receipt"
    CLOSING = "closing"


class Form(NamedTuple):
    """One row of `KINDS`: the kind's meaning, the fields it must have, the fields it may have."""

    meaning: str
    needs: frozenset[str]
    may: frozenset[str] = frozenset()


def _form(meaning: str, needs: str, may: str = "") -> Form:
    return Form(meaning, frozenset(needs.split()), frozenset(may.split()))


KINDS: Final[dict[EntryKind, Form]] = {
    EntryKind.OFFICE: _form(
        "The office was made, under this agreement and these rules.", "agreement rules"
    ),
    EntryKind.KEY: _form(
        "A key was taken into use or retired, by two officers but for the first ones; or the "
        "recovery of an officer was opened, to be finished after a delay, or closed.",
        "key purpose event",
        "commitment officer second",
    ),
    EntryKind.LAW: _form(
        "From here on these rules and this agreement are in force.", "agreement rules"
    ),
    EntryKind.SNAPSHOT: _form(
        "From here on this build of the register is asked.", "snapshot", "certificate rows"
    ),
    EntryKind.CERTIFICATE: _form(
        "A bound on wrong confirmations was measured on a snapshot.",
        "certificate snapshot",
        "scope",
    ),
    EntryKind.BATCH: _form(
        "A request file was received.",
        "batch agreement file rules",
        "commitment principal requester route rows",
    ),
    EntryKind.REJECTED: _form("A row of a batch could not become a request.", "batch commitment"),
    EntryKind.GRANTED: _form("The gate admitted a request.", "batch commitment"),
    EntryKind.REFUSED: _form("The gate refused a request.", "batch commitment"),
    EntryKind.OPENING: _form(
        "The register is about to be opened for this many admitted requests.", "batch rows snapshot"
    ),
    EntryKind.NOT_COMPARED: _form(
        "An admitted request could not be compared and is answered so.", "batch commitment"
    ),
    EntryKind.REVIEW: _form(
        "A first officer signed the determinations of a batch.", "batch determinations officer"
    ),
    EntryKind.DISCLOSURE: _form(
        "An answer, yes or no alike, is given to one admitted request.", "batch commitment"
    ),
    EntryKind.RELEASE: _form(
        "A second officer released the answers of a batch.",
        "answers batch determinations officer second",
        "rows",
    ),
    EntryKind.INSPECTION: _form(
        "An officer of the holder looked at one request, drew up an accounting, or listed the "
        "holds.",
        "commitment officer",
        "batch",
    ),
    EntryKind.WITHDRAWAL: _form(
        "A batch was withdrawn before release.", "batch", "commitment officer"
    ),
    EntryKind.SUSPENSION: _form(
        "Answering stopped, by an order that the payload states, in the whole office or where a "
        "field says.",
        "commitment",
        "batch officer principal requester route second",
    ),
    EntryKind.RESUMPTION: _form(
        "One suspension of the same reach was lifted, by an order that the payload states.",
        "commitment",
        "batch officer principal requester route second",
    ),
    EntryKind.INCIDENT: _form(
        "An incident was opened, by an officer or by the office itself, reported to the "
        "inspector general, or closed.",
        "commitment event",
        "batch officer",
    ),
    EntryKind.OVERRIDE: _form(
        "Two roles set aside a safeguard, for a reason that the payload states.",
        "commitment officer second",
        "batch",
    ),
    EntryKind.FORK: _form(
        "Another history of this ledger was signed, or is claimed: answering stopped.",
        "checkpoint",
        "cosigner other size",
    ),
    EntryKind.DISPOSAL: _form(
        "The key of a batch was deleted in due time: its rows are gone for good.", "batch rows"
    ),
    EntryKind.RETENTION_HOLD: _form(
        "An order keeps the rows of a batch from disposal.", "batch commitment officer"
    ),
    EntryKind.RETENTION_LIFT: _form(
        "Two officers lifted such an order.", "batch commitment officer second"
    ),
    EntryKind.DELAY: _form(
        "Telling persons of a batch's requests is put off to a day that the payload states.",
        "batch commitment officer",
    ),
    EntryKind.HOLD: _form(
        "Two officers added or lifted a hold of 26 USC 6103(i)(6); the entry does not say "
        "which, nor of whom.",
        "commitment officer second",
    ),
    EntryKind.PUBLISHED: _form(
        "This ledger is about to be published, and is to be published again within so many hours; "
        "where two officers are named, anew, because what was published was missing.",
        "hours",
        "commitment officer second",
    ),
    EntryKind.REPLAY: _form(
        "The register is about to be opened again for this many released answers of a batch, to "
        "decide them again.",
        "batch rows snapshot",
    ),
    EntryKind.RECONCILED: _form(
        "Database, ledger and answers of the time since the last one without a difference were "
        "compared.",
        "differences entries replayed rows",
    ),
    EntryKind.DETERMINED: _form(
        "Every row of a batch was determined; from this entry the sample is drawn that is "
        "looked at before release.",
        "batch determinations",
    ),
    EntryKind.SAMPLE: _form(
        "An officer looked at the sample of a batch, each row beside what was asked.",
        "batch commitment determinations disagreed officer",
    ),
    EntryKind.ACCOUNTING: _form(
        "The accounting of a closed batch was kept, one record for each of its rows; it outlives "
        "the rows.",
        "batch commitment rows",
    ),
    EntryKind.INFORM: _form(
        "An officer decided that persons may be informed of a batch's requests, by an order that "
        "the payload states.",
        "batch commitment officer",
    ),
    EntryKind.COMPARISON: _form(
        "An officer compared the document that a batch rests on with what its header states, in "
        "the fields that the payload names.",
        "batch commitment officer",
    ),
    EntryKind.STATE: _form(
        "The rows that give authority changed: a keyed digest of what they all hold from here on.",
        "commitment",
    ),
    EntryKind.SETTINGS: _form(
        "From here on these settings of controls are used: a digest of them, and how many rows a "
        "sample is.",
        "commitment rows",
    ),
    EntryKind.NOTICE_RULE: _form(
        "Two officers entered or lifted a court's demand that notice be given before answers are "
        "released.",
        "commitment event officer second",
    ),
    EntryKind.NOTICE: _form(
        "An officer gave notice that the answers of a batch are to be released.",
        "batch commitment officer",
    ),
    EntryKind.DUTY: _form(
        "An officer or the office itself opened a dated duty, two officers closed one, or the "
        "office told the inspector of one that nobody answered.",
        "commitment event",
        "officer second",
    ),
    EntryKind.LITIGATION_HOLD: _form(
        "Two officers added or lifted a hold that keeps rows for litigation; the entry does not "
        "say whose.",
        "commitment event officer second",
    ),
    EntryKind.RECALL: _form(
        "Two officers recalled released answers; the entry does not say which, nor why.",
        "commitment officer second",
    ),
    EntryKind.RECEIPT: _form(
        "Two officers entered what a requester signed of answers that were recalled or expired: "
        "who else had them, and whether they were destroyed or returned.",
        "commitment officer second",
    ),
    EntryKind.CLOSING: _form(
        "Two officers closed the office for good: its ledger ends here, and its keys are destroyed "
        "once the archive is written.",
        "commitment officer second",
    ),
}

_DIGEST: Final = r"sha256:[0-9a-f]{64}"

FIELDS: Final[dict[str, tuple[str, str]]] = {
    "agreement": (_DIGEST, "digest of the agreement in force"),
    "answers": (_DIGEST, "salted commitment to the answer file's rows"),
    "batch": (r"b-[0-9a-f]{12,32}", "random id of the batch"),
    "certificate": (_DIGEST, "digest of the certificate"),
    "checkpoint": (_DIGEST, "digest of the text of this ledger's checkpoint"),
    "commitment": (_DIGEST, "salted commitment to the payload"),
    "cosigner": (_DIGEST, "digest of the verifier key of the witness that holds another history"),
    "determinations": (
        _DIGEST,
        "salted commitment to all determinations of the batch, which both officers sign",
    ),
    "event": (
        r"added|retired|opened|reported|closed|lifted",
        "what happened to the key, the incident, the duty, the demand or the hold",
    ),
    "file": (_DIGEST, "salted commitment to the bytes of the request file"),
    "key": (_DIGEST, "digest of the verifier key, or of a salted commitment to a secret key"),
    "officer": (_DIGEST, "digest of the first officer's verifier key"),
    "other": (_DIGEST, "digest of the text of the checkpoint that is not of this history"),
    "principal": (
        _DIGEST,
        "digest of the id of the official who asks, as the agreement lists it; an older entry "
        "has none",
    ),
    "purpose": (
        r"counsel|holder|holds|inspector|intake|officer|principal|register|payload|recovery",
        "what the key is for",
    ),
    "requester": (
        _DIGEST,
        "digest of the id of the agreement's requester; an older entry has none",
    ),
    "route": (
        r"written-request|court-order|consent",
        "the route by which the file was asked; an older entry has none",
    ),
    "rules": (_DIGEST, "digest of the rules in force"),
    "scope": (
        r"birth|names",
        "which questions a certificate is of: a date of birth is stated, or none",
    ),
    "second": (_DIGEST, "digest of the second officer's verifier key"),
    "snapshot": (_DIGEST, "digest of the register snapshot's manifest"),
}
"""Text fields: grammar (a whole match) and meaning."""

NUMBERS: Final[dict[str, str]] = {
    "disagreed": "how many rows of the sample the officer does not agree with",
    "differences": "how many differences were found",
    "entries": "how many entries, from the first one on, have been compared",
    "hours": "within how many hours the next publication is promised",
    "replayed": "how many released answers were decided again",
    "rows": "how many rows or requests, 0 .. 999,999,999",
    "size": "how many entries the other history has",
}
"""Number fields and their meaning."""

_GRAMMAR: Final = {name: re.compile(grammar).fullmatch for name, (grammar, _) in FIELDS.items()}
_NUMBER: Final = "(?:0|[1-9][0-9]{0,8})"
_TIME: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
# Sorted keys, ASCII text and integers only: these are the bytes of `canon.encode` (a test holds
# it), ten times sooner.
_encode: Final = msgspec.json.Encoder(order="sorted").encode
_decode: Final = msgspec.json.Decoder(
    dict[str, str | Annotated[int, msgspec.Meta(ge=0, lt=10**15)]]
).decode
_KIND_AT: Final = re.compile(rb'"kind":"([a-z_]+)"').search


def _shape(kind: EntryKind, form: Form) -> Callable[[bytes], re.Match[bytes] | None]:
    """The whole grammar of one kind's entries as one pattern over their bytes: what it matches is
    canonical."""
    parts = {
        "count": '"count":([1-9][0-9]{0,14}),',
        "kind": f'"kind":"{kind.value}",',
        "time": f'"time":"({_TIME})",',
    }
    for name in form.needs | form.may:
        value = _NUMBER if name in NUMBERS else f'"(?:{FIELDS[name][0]})"'
        parts[name] = f'"{name}":{value},' if name in form.needs else f'(?:"{name}":{value},)?'
    body = "".join(parts[name] for name in sorted(parts))
    return re.compile(f'\\{{{body}"v":{VERSION}\\}}'.encode()).fullmatch


_SHAPES: Final = {kind: _shape(kind, form) for kind, form in KINDS.items()}
_KNOWN: Final = {kind.value.encode(): kind for kind in EntryKind}


class Draft(Public, frozen=True, gc=False, array_like=True):
    """An entry before the ledger gives it time and count. `fields` are those of its kind's row in
    `KINDS`."""

    kind: EntryKind
    fields: dict[str, Value]


class Entry(Public, frozen=True, gc=False, array_like=True):
    """An entry read back. `time` is the text of the entry; texts of that form sort as times do."""

    kind: EntryKind
    count: int
    time: str
    fields: dict[str, Value]


def entry_time(time: datetime) -> str:
    """The text of a time, cut to whole seconds. A time that is not in UTC is a bug of the caller
    (ValueError)."""
    if time.utcoffset() != timedelta(0):
        raise ValueError("entries are written in UTC")
    return f"{time.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def counts_text(counts: dict[EntryKind, int]) -> str:
    """Running counts as canonical JSON, kinds without entries left out."""
    return _encode({kind.value: count for kind, count in counts.items() if count}).decode()


def encode(kind: EntryKind, fields: dict[str, Value], count: int, time: str) -> bytes:
    """The bytes of an entry. Fields outside the kind's grammar are a bug of the caller: ValueError
    names the field."""
    data = _encode({**fields, "count": count, "kind": kind, "time": time, "v": VERSION})
    if _SHAPES[kind](data) is None:
        raise ValueError(
            f"an entry of kind {kind.value} cannot hold this: {_wrong_field(kind, fields)}"
        )
    return data


def head_of(data: bytes, place: str) -> tuple[EntryKind, int, str]:
    """(kind, running count, time) of an entry whose whole grammar holds; `place` is what an error
    will name, "entry 17".

    Raises VerifyFault `entry_malformed`, `entry_version`, `entry_kind`, `entry_field`.
    """
    named = _KIND_AT(data)
    kind = _KNOWN.get(named[1]) if named else None
    shaped = _SHAPES[kind](data) if kind and len(data) <= MAX_ENTRY_BYTES else None
    if kind is None or shaped is None or not _is_time(shaped[2].decode()):
        raise _why_not(data, place)
    return kind, int(shaped[1]), shaped[2].decode()


def decode(data: bytes, place: str) -> Entry:
    """Read an entry; the inverse of `encode`. Raises as `head_of`."""
    kind, count, time = head_of(data, place)
    fields = _decode(data)
    for name in ("count", "kind", "time", "v"):
        del fields[name]
    return Entry(kind, count, time, fields)


def _why_not(data: bytes, place: str) -> VerifyFault:
    """Which rule a text breaks that is no entry."""
    newer = "Read it with the version of Counterfoil that wrote it."
    try:
        body = _decode(data) if len(data) <= MAX_ENTRY_BYTES else {}
    except (msgspec.MsgspecError, UnicodeError):
        body = {}
    if not body or _encode(body) != data:
        return _fault(
            "entry_malformed", f"it is not canonical JSON of at most {MAX_ENTRY_BYTES} bytes", place
        )
    if body.pop("v", None) != VERSION:
        return _fault("entry_version", "its version is not 1", place, newer)
    kind = _KNOWN.get(str(body.pop("kind", "")).encode())
    if kind is None:
        return _fault("entry_kind", "its kind is not in the list", place, newer)
    wrong = _wrong_field(
        kind, {name: value for name, value in body.items() if name not in ("count", "time")}
    )
    return (
        _fault("entry_field", wrong, place)
        if wrong
        else _fault("entry_malformed", "its count or time is wrong", place)
    )


def _wrong_field(kind: EntryKind, fields: dict[str, Any]) -> str:
    """The first rule that these fields break, naming a listed field at most and never a value; ""
    if none."""
    form, names = KINDS[kind], fields.keys()
    if not form.needs <= names:
        return f"field {min(form.needs - names)} is missing"
    if len(names) > len(form.needs) and not names <= form.needs | form.may:
        return f"a field is not one of kind {kind.value}"
    for name, value in fields.items():
        grammar = _GRAMMAR.get(name)
        if grammar is None:
            if type(value) is not int or not 0 <= value <= MAX_NUMBER:
                return f"field {name} is not a number from 0 to {MAX_NUMBER}"
        elif type(value) is not str or not grammar(value):
            return f"field {name} does not have its form"
    return ""


@lru_cache
def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _fault(
    code: str, why: str, place: str, cure: str = "Restore the database from a copy that checks."
) -> VerifyFault:
    return VerifyFault(code, f"this is not an entry of this ledger: {why}", place=place, cure=cure)
