"""Entries of the ledger in words: a page of them by kind, batch and day, and one with what was
checked for it.

What `show_entry` establishes of the entry of an index; the code is labeled with the numbers:

    1  its bytes are canonical and say only what an entry of its kind may say
    2  it is number N of its kind: the one before it in the ledger has number N - 1
    3  it is not earlier than the entry before it
    4  it is in the tree that the office's own key authenticates, of which the database is no judge
    5  it is in the tree of a checkpoint that the office signed, and that checkpoint's signature
       verifies
    6  it is in the tree of the newest checkpoint that witnesses cosigned; their signatures verify;
       whether they are a quorum of the office's policy

A page of many entries is found in that tree as well (ledger/pages.py): none is altered, and none is
left out. What witnesses hold is on each entry's own page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from counterfoil.controls.sampling.own_look import NO_LOOKS, ToldEntries
from counterfoil.controls.witnesses import office_policy
from counterfoil.core.errors import InputFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import FIELDS, KINDS, NUMBERS, Entry, decode
from counterfoil.ledger.log import entry_of_kind
from counterfoil.ledger.pages import PageQuery, find_page, last_time_of
from counterfoil.ledger.store import counts_of, find_entry, read_entry, read_head
from counterfoil.ledger.watched import not_believed
from counterfoil.office import Office
from counterfoil.office.authority import require_reader
from counterfoil.tlog import check_checkpoint, parse_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures, time_words

KIND_MEANINGS: Final = {kind.value: form.meaning for kind, form in KINDS.items()}
"""What an entry of each kind says, for whoever chooses among them."""
_BATCH: Final = re.compile(r"b-[0-9a-f]{12,32}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class ListEntries(Public, frozen=True):
    """A page of entries. As `ledger.pages.PageQuery`, with "" for every kind."""

    kind: str = ""
    batch: str = ""
    first: str = ""
    last: str = ""
    before: int | None = None
    after: int | None = None
    rows: int = 50


class EntryLine(Public, frozen=True):
    """One entry of a list. `fields` besides kind, count and time."""

    index: int
    kind: str
    count: int
    time: str
    meaning: str
    fields: dict[str, str | int]


class EntryList(Public, frozen=True):
    """A page. As `ledger.pages.EntryPage`; `left_out`: how many entries of it are not told to who
    asks (controls/sampling/own_look.py)."""

    size: int
    entries: tuple[EntryLine, ...]
    low: int
    high: int
    older: bool
    newer: bool
    left_out: int = 0


class ShowEntry(Public, frozen=True):
    """The entry of this index."""

    index: int


class FieldInWords(Public, frozen=True):
    """One field of an entry, and what a field of this name says."""

    name: str
    value: str
    meaning: str


class Established(Public, frozen=True):
    """One of the numbered checks. `state`: "yes", or "open" where nothing is there to check by
    yet."""

    number: int
    state: str
    words: str


class EntryInWords(Public, frozen=True):
    """One entry: its text, its fields, what was checked, its neighbors of the same kind (-1 for
    none), and a C2SP tlog-proof under the best checkpoint there is ("" where none covers it)."""

    line: EntryLine
    size: int
    text: str
    fields: tuple[FieldInWords, ...]
    checked: tuple[Established, ...]
    previous: int
    following: int
    proof: str


def list_entries(
    office: Office, actor: Actor, question: ListEntries, looks: Mapping[str, str] = NO_LOOKS
) -> EntryList:
    """A page of entries, the newest first, for an officer who reads. `looks`: as of
    controls/sampling/own_look.py.

    Raises as `require_reader`; InputFault `entry_filter`; VerifyFault as `find_page`.
    """
    query = _query(question)
    with office.store.reading() as connection:
        reader = require_reader(connection, actor)
        page, told = find_page(connection, query), ToldEntries(office, connection, reader, looks)
        lines = tuple(_line(index, entry) for index, entry in page.entries if told.tell(entry))
    left_out = len(page.entries) - len(lines)
    return EntryList(page.size, lines, page.low, page.high, page.older, page.newer, left_out)


def show_entry(
    office: Office, actor: Actor, question: ShowEntry, looks: Mapping[str, str] = NO_LOOKS
) -> EntryInWords:
    """One entry, and what was checked for it. See the module. `looks`: as of
    controls/sampling/own_look.py.

    Raises as `require_reader`; UsageFault `ledger_index`; StateFault `entry_not_yet`; VerifyFault
    where a check does not hold.
    """
    index = question.index
    with office.store.reading() as connection:
        reader = require_reader(connection, actor)
        size = office.ledger.size(connection)
        if not 0 <= index < size:
            raise UsageFault(
                "ledger_index",
                f"the ledger has no entry of this index; it has {size}",
                place="index",
                cure="Name an index from 0 to one less than its size.",
            )
        data = read_entry(connection, index)
        entry = decode(data, f"entry {index}")  # 1
        if not ToldEntries(office, connection, reader, looks).tell(entry):
            raise StateFault(
                "entry_not_yet",
                "this entry tells what another officer found of a sample that you have not looked "
                "at",
                place="entry",
                cure="Look at the whole sample of its batch first; the inbox leads to it.",
            )
        previous, following = _neighbors(connection, index, entry, size)  # 2
        checked = [
            _yes(1, "Its bytes are canonical JSON, and say only what an entry of its kind may."),
            _yes(2, _of_its_kind(entry, previous)),
            _yes(3, _later(connection, index, entry)),
            _yes(4, _under_the_key(office, connection, index, entry)),
        ]
        signed, proof = _signed(office, connection, index)
        cosigned, better = _cosigned(office, connection, index)
        checked += [signed, cosigned]
    fields = tuple(
        FieldInWords(name, str(value), _meaning(name)) for name, value in entry.fields.items()
    )
    line = _line(index, entry)
    text = data.decode()
    return EntryInWords(
        line, size, text, fields, tuple(checked), previous, following, better or proof
    )


def _query(question: ListEntries) -> PageQuery:
    kinds = {each.value: each for each in EntryKind}
    days = (question.first, question.last)
    if (
        question.kind not in ("", *kinds)
        or (question.batch and not _BATCH.fullmatch(question.batch))
        or any(day and not _is_day(day) for day in days)
        or any(each is not None and not 0 <= each < 10**15 for each in _places(question))
    ):
        raise InputFault(
            "entry_filter",
            "what is asked for is no kind, batch, day or index",
            place="filter",
            cure="Choose a listed kind; a batch as b-0f1e2d3c4b5a6978; a day as 2026-03-02, UTC.",
        )
    return PageQuery(
        kind=kinds.get(question.kind),
        batch=question.batch,
        first=question.first,
        last=question.last,
        before=question.before,
        after=question.after,
        rows=question.rows,
    )


def _is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, in the form of the ledger's times."""
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _places(question: ListEntries) -> tuple[int | None, ...]:
    return question.before, question.after


def _line(index: int, entry: Entry) -> EntryLine:
    meaning = KINDS[entry.kind].meaning
    return EntryLine(index, entry.kind.value, entry.count, entry.time, meaning, entry.fields)


def _meaning(name: str) -> str:
    return FIELDS[name][1] if name in FIELDS else NUMBERS.get(name, "")


# -- what is checked ---------------------------------------------------------------------------


def _yes(number: int, words: str) -> Established:
    return Established(number, "yes", words)


def _neighbors(connection: Connection, index: int, entry: Entry, size: int) -> tuple[int, int]:
    """The entries of its kind before and after it, -1 for none. Raises VerifyFault where its number
    is not the one that it has in the ledger."""
    kind, count = entry.kind, entry.count
    if find_entry(connection, kind, count, size)[0] != index:
        raise VerifyFault(
            "ledger_count",
            "the ledger diverges here: another entry has this number of its kind",
            place=f"entry {index}",
            cure="Keep this copy as evidence, and restore one that checks.",
        )
    before = entry_of_kind(connection, kind, count - 1)[0] if count > 1 else -1
    last = counts_of(read_head(connection).counts)[kind]
    after = entry_of_kind(connection, kind, count + 1)[0] if count < last else -1
    return before, after


def _of_its_kind(entry: Entry, previous: int) -> str:
    if previous < 0:
        return "It is the first entry of its kind in this ledger."
    return (
        f"It is number {entry.count} of its kind: the one before it is entry {previous}, which "
        f"has number {entry.count - 1}."
    )


def _later(connection: Connection, index: int, entry: Entry) -> str:
    if not index:
        return "It is the first entry of this ledger."
    before = last_time_of(connection, index - 1)
    if before > entry.time:
        raise VerifyFault(
            "ledger_time",
            "the ledger diverges here: its time is before that of the entry before it",
            place=f"entry {index}",
            cure="Keep this copy as evidence, and restore one that checks.",
        )
    return f"It is not earlier than entry {index - 1}, which was made at {before}."


def _under_the_key(office: Office, connection: Connection, index: int, entry: Entry) -> str:
    believed = office.ledger.entry(connection, index)
    if believed != entry:
        raise not_believed(index)
    return (
        "It is in the tree that the office's own key authenticates, which the database does not "
        "hold."
    )


def _signed(office: Office, connection: Connection, index: int) -> tuple[Established, str]:
    note = office.ledger.newest_checkpoint(connection)
    size = parse_checkpoint(note).size if note else 0
    if note is None or size <= index:
        words = f"No signed checkpoint covers it yet: the newest one is over {size} entries."
        return Established(5, "open", words), ""
    check_checkpoint(note, office.log_keys)
    proof = office.ledger.tlog_proof(connection, index, note)
    words = (
        f"It is in the tree of the checkpoint over {size} entries, whose signature by the office's "
        "key verifies."
    )
    return _yes(5, words), proof


def _cosigned(office: Office, connection: Connection, index: int) -> tuple[Established, str]:
    note, policy = office.ledger.newest_cosigned(connection), office_policy(office)
    if policy is None:
        return Established(6, "open", "This office names no witnesses: nobody cosigned it."), ""
    size = parse_checkpoint(note).size if note else 0
    if note is None or size <= index:
        words = f"Witnesses have not cosigned it yet: they cosigned {size} entries."
        return Established(6, "open", words), ""
    check_checkpoint(note, office.log_keys)
    times = check_cosignatures(note, [each.key for each in policy.witnesses])
    who = ", ".join(f"{key.name} at {time_words(time)}" for key, time in times.items())
    quorum = "They are" if policy.holds(set(times)) else "They are not"
    words = (
        f"It is in the tree of the checkpoint over {size} entries that was cosigned by "
        f"{who or 'nobody whom the policy names'}. {quorum} the quorum that the office's policy "
        "asks for."
    )
    return _yes(6, words), office.ledger.tlog_proof(connection, index, note)
