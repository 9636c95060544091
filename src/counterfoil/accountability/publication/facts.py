"""What the public site tells: read from the published folder, once that has been checked, and from
what the office's directory names. Everything here is public; nothing of it is of a person.

The agreement is shown as `counterfoil agreement publish FILE` wrote it, with the clauses that both
parties hide, where office.toml names that file (`publish_agreement`) and it is the agreement of the
ledger's newest `law` entry. Otherwise its digest stands alone: what nobody decided to publish is
not published.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path

from counterfoil import ledger
from counterfoil.accountability.publication.counts import Table, count_files, tabulate
from counterfoil.accountability.publication.samples import KINDS, SampleCounter, Samples
from counterfoil.controls.witnesses import office_policy
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.gate.law.publication import MAX_BYTES, Published, check_publication
from counterfoil.ledger.clock import Clock, read_clock
from counterfoil.ledger.entries import EntryKind, decode
from counterfoil.ledger.export import read_bundles
from counterfoil.office import Office
from counterfoil.tlog import Checkpoint, parse_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures, time_words
from counterfoil.tlog.note import MAX_NOTE_BYTES

EVENTS = frozenset(
    {
        EntryKind.PUBLISHED,
        EntryKind.LAW,
        EntryKind.SUSPENSION,
        EntryKind.RESUMPTION,
        EntryKind.INCIDENT,
        EntryKind.FORK,
        EntryKind.RECALL,
        EntryKind.RECEIPT,
        EntryKind.CLOSING,
    }
)
"""Kinds of entries that the feed tells."""
FEED_ENTRIES = 50


class Event(Public, frozen=True):
    """An entry that the feed tells. `event`: what happened to an incident, else ""."""

    index: int
    kind: str
    time: str
    event: str


class Statute(Public, frozen=True):
    """What a route of the agreement in force is called, and the statute that it goes by."""

    title: str
    citation: str


class Clause(Public, frozen=True):
    """A clause of the published agreement, in its place. `path` is "" where it is hidden."""

    path: str
    value: object


class Agreement(Public, frozen=True):
    """The agreement in force by its digest, and its clauses where it is published; the verifier
    key of each party that signed it."""

    digest: str
    clauses: tuple[Clause, ...]
    signed_by: dict[str, str]
    document: bytes


class Download(Public, frozen=True):
    """A file beside the pages. `what` is an English text of the catalogue."""

    name: str
    what: str
    data: bytes

    @property
    def digest(self) -> str:
        """As a reader computes it."""
        return f"sha256:{sha256(self.data).hexdigest()}"


class SiteFacts(Public, frozen=True):
    """Everything that the pages show. `witnesses`: each that cosigned, with its time; `quorum`:
    whether they are enough, None where the office names none."""

    origin: str
    key: str
    note: str
    checkpoint: Checkpoint
    witnesses: tuple[tuple[str, str], ...]
    quorum: bool | None
    clock: Clock
    hours: int
    statutes: dict[str, Statute]
    tables: tuple[Table, ...]
    agreement: Agreement
    events: tuple[Event, ...]
    samples: Samples = Samples()


def read_facts(office: Office, folder: Path, checked: ledger.CheckReport) -> SiteFacts:
    """Read the facts of a folder that `checked` is about. Raises VerifyFault, SettingsFault
    `policy_unreadable`."""

    def entries() -> Iterator[bytes]:
        return chain.from_iterable(read_bundles(folder, checked.size))

    note = read_ordinary(folder / "checkpoint", MAX_NOTE_BYTES).decode()
    checkpoint = parse_checkpoint(note)
    policy, now = office_policy(office), office.clock()
    times = check_cosignatures(note, [each.key for each in policy.witnesses]) if policy else {}
    events, law, samples = _events(entries())
    return SiteFacts(
        origin=checkpoint.origin,
        key=str(office.holder_key),
        note=note,
        checkpoint=checkpoint,
        witnesses=tuple((key.name, time_words(time)) for key, time in times.items()),
        quorum=policy.holds(set(times)) if policy else None,
        clock=read_clock(entries(), now),
        hours=office.settings.publish_every_hours,
        statutes=_statutes(office),
        tables=tabulate(count_files(entries()), f"{now:%Y-%m-%d}"),
        agreement=_agreement(office, law),
        events=events,
        samples=samples,
    )


def _events(entries: Iterator[bytes]) -> tuple[tuple[Event, ...], str, Samples]:
    """The newest events, the newest first; the digest of the agreement in force; what is told of
    samples."""
    kinds = "|".join(sorted(EVENTS | KINDS | {EntryKind.OFFICE}))
    wanted = re.compile(f'"kind":"(?:{kinds})"'.encode())
    found: deque[Event] = deque(maxlen=FEED_ENTRIES)
    agreement, samples = "", SampleCounter()
    for index, data in enumerate(entries):
        if wanted.search(data):
            entry = decode(data, f"entry {index}")
            if entry.kind in EVENTS:
                what = str(entry.fields.get("event", ""))
                found.append(Event(index, entry.kind, entry.time, what))
            samples.add(index, entry)
            agreement = str(entry.fields.get("agreement", agreement))
    return tuple(reversed(found)), agreement, samples.counted()


def _statutes(office: Office) -> dict[str, Statute]:
    """By the route that a `batch` entry names; "" is the only one of an older agreement."""
    routes = office.law.every_route
    found = {law.route.id: Statute(law.route.title, law.statutes[0].citation) for law in routes}
    return found | ({"": found[routes[0].route.id]} if len(routes) == 1 else {})


def _agreement(office: Office, digest: str) -> Agreement:
    """The agreement of this digest, published where office.toml names a file that holds it."""
    named = office.settings.publish_agreement
    if not named:
        return Agreement(digest, (), {}, b"")
    try:
        data = read_ordinary(office.directory / named, MAX_BYTES)
        published = check_publication(data)
    except (OSError, ValueError, VerifyFault):
        raise SettingsFault(
            "publish_agreement",
            "the published agreement cannot be read",
            place=named,
            cure="Write it with `counterfoil agreement publish FILE`, or correct "
            "`publish_agreement` "
            "in office.toml.",
        ) from None
    if published.agreement != digest:
        return Agreement(digest, (), {}, b"")
    return Agreement(digest, _clauses(published), published.keys, data)


def _clauses(published: Published) -> tuple[Clause, ...]:
    shown = iter(published.shown)
    hidden = set(published.hidden)
    count = len(published.shown) + len(hidden)
    clauses: list[Clause] = []
    for place in range(count):
        clause = None if place in hidden else next(shown)
        clauses.append(Clause(clause.clause, clause.value) if clause else Clause("", None))
    return tuple(clauses)
