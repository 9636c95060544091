"""One requester's year against the gate itself: files in, which of their questions were granted.

The gate's own objects are used, with its memory in an SQLite database in memory, in the order in
which `receive` uses them: what a file asks is recorded, what earlier files asked is recalled, every
row is decided, attempts to probe are counted. A granted question is then taken as determined. Only
this file knows the tree's interfaces: a version whose gate is called otherwise gets a class of its
own here, and `new_year` chooses by what can be imported.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from scripts.attacks import tree
from scripts.attacks.attack import NotRun
from scripts.attacks.office import agreement
from scripts.attacks.people import Row

KEY: Final = b"k" * 32
BEGINS: Final = date(2026, 3, 1)
ROUTES: Final = {
    "written-request": "dhs-secretary",
    "court-order": "dhs-attorney",
    "consent": "dhs-designee",
}
"""Each route with the principal who sends its files."""
SECOND: Final = "dhs-inspector-general"
"""Another principal of the route `written-request`."""


@dataclass(frozen=True)
class Sending:
    """One file: the day of the year that it is sent and decided, its route, its principal, its
    rows."""

    day: int
    route: str
    principal: str
    rows: Sequence[Row]


class Year(Protocol):
    """A requester's year."""

    def begin(self) -> None:
        """Forget everything."""
        ...

    def send(self, file: Sending) -> list[bool]:
        """Which rows were granted, and so put to the register."""
        ...


def load() -> Any:
    """The tree's law under its agreement of April 2025, limits untouched; with all three routes,
    the principals that these need, and long dates."""
    from counterfoil.gate import load_law
    from counterfoil.office import law_library

    text = agreement({}, {}, "not_required", quotas={})
    text = text.replace(
        "routes: [written-request]", "routes: [written-request, court-order, consent]"
    )
    line = re.search(r"  - \{id: dhs-inspector-general,.*\n", text)
    if line is None:
        raise NotRun("the agreement has no inspector general")
    more = [
        line[0].replace(SECOND, name).replace("agency-inspector-general", office)
        for name, office in (
            ("dhs-attorney", "united-states-attorney"),
            ("dhs-designee", "designee"),
        )
    ]
    text = text.replace(line[0], line[0] + "".join(more))
    text = re.sub(
        r"(id: dhs-[a-z-]+,.*?)unsigned_accepted: false", r"\1unsigned_accepted: true", text
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agreement.yaml"
        path.write_text(text, encoding="utf-8")
        return load_law(law_library(), path)


def limits_of(law: Any) -> dict[str, int]:
    """The limits of the agreement that bound what is learned of one person and of one home; the
    program's own where the agreement states none."""
    from counterfoil.gate.law import agreement as terms

    guards = law.agreement.limits.guards
    names = ("attempts_on_person", "addresses_of_person", "people_at_address", "window_days")
    limits = {name: int(getattr(guards, name)) for name in names}
    born = "addresses_of_given_and_birth"
    if hasattr(guards, born):
        limits[born] = int(getattr(guards, born) or getattr(terms, "BORN_ADDRESSES"))  # noqa: B009
    return limits


def header_of(file: Sending) -> Any:
    """The header of a file, which its principal signed; the document names everybody in it."""
    from counterfoil.core.values import Document, Header, Person

    on = BEGINS + timedelta(days=file.day)
    document = None
    if file.route != "written-request":
        people = dict.fromkeys(
            Person(row["given_name"], "", row["family_name"], "", None) for row in file.rows
        )
        fields: dict[str, Any] = {
            "digest": "sha256:" + "0" * 64,
            "issued_on": on - timedelta(days=3),
            "people": tuple(people),
            "periods": ("2023", "2024"),
            "items": ("address",),
            **{"expires_on": None, "court": "", "judge": "", "finds": ()},
            **{"recipient": "", "purpose": ""},
        }
        if file.route == "consent":
            fields |= {"recipient": "dhs", "purpose": "To confirm the address that I gave"}
            if "alone" in Document.__struct_fields__:
                signer = " ".join(f"{each.given_name} {each.family_name}" for each in people)
                fields |= {"signed_by": signer, "capacity": "taxpayer"}
                fields |= {"alone": "yes", "revoked": "no"}
        else:
            fields |= tree.of_order(finds=tree.FINDS)
        document = Document(**tree.document(fields))
    return Header(
        "dhs", "treasury-dhs-2025", file.principal, on, signed=True, route=file.route,
        document=document,
    )  # fmt: skip


def requests_of(rows: Sequence[Row]) -> list[Any]:
    """The rows as intake reads them: requests, and rejects."""
    from counterfoil.intake import COLUMN_NAMES, Table, to_requests

    fitted = list(map(tree.fitted, rows))
    columns = [[row.get(name, "") for row in fitted] for name in COLUMN_NAMES]
    return to_requests(Table(columns, range(1, len(rows) + 1)), set())


class _Memory(ABC):
    """The gate's memory in SQLite in memory, and what every version does with a file."""

    def __init__(self, law: Any) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import StaticPool

        from counterfoil.gate.history.tables import ASKED

        self.law = law
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        tables = ASKED.metadata.tables.items()
        self._tables = [each for name, each in tables if name.startswith(("asked", "caseload"))]
        ASKED.metadata.create_all(self._engine, self._tables)
        self._files = 0

    def begin(self) -> None:
        """Forget everything."""
        with self._engine.begin() as connection:
            for table in self._tables:
                connection.execute(table.delete())
        self._files = 0

    def send(self, file: Sending) -> list[bool]:
        """Record, recall and decide one file, as `receive` does, and let it count as determined."""
        from counterfoil.core.values import Grant
        from counterfoil.gate import BatchFactsBuilder
        from counterfoil.gate.history.store import add_probes

        self._files += 1
        name, on = f"b-{self._files:016x}", BEGINS + timedelta(days=file.day)
        rows, builder = requests_of(file.rows), BatchFactsBuilder(KEY)
        builder.add(*rows)
        digest = f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"
        facts = builder.finish(header_of(file), digest)
        with self._engine.begin() as connection:
            gate, decided = self.decided(connection, name, on, rows, facts, builder.fingerprints)
            add_probes(connection, name, sum(gate.is_probe(each) for _, each in decided))
            self.determined(connection, name)
        granted = {request.request_id for request, each in decided if isinstance(each, Grant)}
        return [row["request_id"] in granted for row in file.rows]

    @abstractmethod
    def decided(
        self, connection: Any, name: str, on: date, rows: list[Any], facts: Any, asked: Any
    ) -> tuple[Any, list[tuple[Any, Any]]]:
        """The gate, and each request with its decision. `asked` are the rows' fingerprints."""

    def determined(self, connection: Any, name: str) -> None:  # noqa: B027 - some versions do nothing
        """What a version does when a batch is determined."""


class FirstGate(_Memory):
    """The gate as it was when the attacks were reported: what earlier files asked is recalled for
    all rows at once, by person, address and content."""

    def decided(
        self, connection: Any, name: str, on: date, rows: list[Any], facts: Any, asked: Any
    ) -> tuple[Any, list[tuple[Any, Any]]]:
        """As `receive` of that version."""
        from counterfoil.core.values import Request
        from counterfoil.gate import Gate
        from counterfoil.gate.history import store

        terms = self.law.agreement
        store.record_batch(connection, facts, name, on, terms)
        history = store.load_history(connection, facts, name, on, terms.limits)
        store.remember(lambda: nullcontext(connection), name, on, asked)
        window = terms.limits.guards.window_days
        past = store.recall(connection, asked, name, on, window)
        gate = Gate(self.law, facts, history, on)
        questions = [(row, gate.question(row)) for row in rows if isinstance(row, Request)]
        decisions = gate.decide_all(questions, past)
        return gate, list(zip((row for row, _ in questions), decisions, strict=True))


class CountingGate(_Memory):
    """The gate that counts by normal forms (`gate.history.counts.Counting`)."""

    def decided(
        self, connection: Any, name: str, on: date, rows: list[Any], facts: Any, asked: Any
    ) -> tuple[Any, list[tuple[Any, Any]]]:
        """As `receive` of that version."""
        from counterfoil.core.values import Request
        from counterfoil.gate import Gate
        from counterfoil.gate.history import counts, store
        from counterfoil.gate.history.fingerprints import forms_of
        from counterfoil.gate.history.uses import ONCE

        terms, every = self.law.agreement, range(len(rows))
        history = store.load_history(connection, facts, name, on, terms.limits)
        gate = Gate(self.law, facts, history, on)
        store.record_batch(connection, facts, name, on, terms, counts=not gate.batch_failed)
        store.remember(lambda: nullcontext(connection), name, asked)
        counting = counts.Counting(asked, terms.limits.guards.largest + 1, facts.key)
        past = store.recall(connection, counting, every, name, on, terms.limits)
        uses = counting.uses(every, past)
        questions = [
            (row, forms, uses.get(place, ONCE))
            for place, (row, forms) in enumerate(zip(rows, forms_of(rows), strict=True))
            if isinstance(row, Request)
        ]
        decisions = gate.decide_all(questions)
        return gate, list(zip((row for row, *_ in questions), decisions, strict=True))

    def determined(self, connection: Any, name: str) -> None:
        """What was asked is final."""
        from counterfoil.gate.history.reservations import make_final

        make_final(connection, name)


def new_year(law: Any) -> Year:
    """A year against this tree's gate."""
    from counterfoil.gate.history import counts

    return CountingGate(law) if hasattr(counts, "Counting") else FirstGate(law)
