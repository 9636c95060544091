"""The whole path of one question without an office: intake's cells, gate, sealed register, match.
Fast enough for property tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from counterfoil import matching, register
from counterfoil.core import keyfile
from counterfoil.core.values import Grant, Header, Match, Request
from counterfoil.gate import BatchFactsBuilder, Gate, History, Law, load_law
from counterfoil.intake import COLUMN_NAMES, Table, to_requests
from tests.world.people import SOURCE_COLUMNS, Row, write_csv

SECRET, HOLDER = bytes(range(64)), b"h" * 32
ON = date(2026, 5, 4)
HEADER = Header(
    requester="Agency A", agreement="sandbox", principal="sandbox-principal", sent_on=ON
)


@cache
def _law() -> Law:
    return load_law(Path(__file__).parents[2] / "law", "sandbox")


class Whole:
    """One folder in which registers are built and asked. Each question is a batch of its own, so
    that no guard links two."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answers(
        self, source: Iterable[Row], asked: Sequence[Row], weights: matching.Weights | None = None
    ) -> list[str]:
        """`refused`, `confirmed` or `not_confirmed` for each row, in order. Weights: those the
        register teaches, unless given."""
        return [
            told if isinstance(told, str) else _word(told)
            for told in self.matches(source, asked, weights)
        ]

    def matches(
        self, source: Iterable[Row], asked: Sequence[Row], weights: matching.Weights | None = None
    ) -> list[str | Match]:
        """The same, with what was decided of each grant."""
        grants = [_gated(row) for row in asked]
        opened = iter(
            self._opened(source, [grant for grant in grants if grant is not None], weights)
        )
        return ["refused" if grant is None else next(opened) for grant in grants]

    def _opened(
        self, source: Iterable[Row], grants: list[Grant], weights: matching.Weights | None
    ) -> list[Match]:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        custodian = register.KeyCustodian(SECRET, self._folder / "custodian.json", 10**9, ON)
        learner = matching.Learner(custodian.names_salt())
        plan = register.BuildPlan(
            custodian=custodian,
            sign=keyfile.signing_key(HOLDER).sign,
            now=datetime(2026, 5, 4, tzinfo=UTC),
            match_version=matching.MATCH_VERSION,
            learner=learner,
            evidence=dict,
            random=lambda size: bytes(size),
        )
        path = write_csv(self._folder / "source.csv", source, SOURCE_COLUMNS)
        register.build(path, self._folder / "register", plan)
        learned = weights or learner.finish()
        with register.open_register(
            self._folder / "register", custodian, keyfile.public_bytes(HOLDER)
        ) as sealed:
            found = sealed.open_residents(grants)
        return [
            matching.decide(grant, residents, learned)
            for grant, residents in zip(grants, found, strict=True)
        ]


def _word(found: Match) -> str:
    return "confirmed" if found.confirmed else "not_confirmed"


def _gated(row: Row) -> Grant | None:
    table = Table([[row.get(name, "")] for name in COLUMN_NAMES], [1])
    [request] = to_requests(table, set())
    if not isinstance(request, Request):
        return None
    builder = BatchFactsBuilder(bytes(32))
    builder.add(request)
    decided = Gate(_law(), builder.finish(HEADER, "sha256:" + "0" * 64), History(), ON).decide(
        request
    )
    return decided if isinstance(decided, Grant) else None
