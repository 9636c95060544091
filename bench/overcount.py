"""`python -m bench.overcount [ROWS]`: how many lawful requests the guards refuse because likeness
is counted by sets of keys, and not by exact names and addresses.

The guards count a question with all that could be confirmed against one possible resident
(docs/decisions/0016), so a count can be too high and never too low. Here lawful requests about
different made-up people, one each, go through the gate as one file of a year, under the agreement
of April 2025. Its limits on persons, homes and repetitions stay; its quotas, caseload, rows of a
file, reasons and people under an investigation are lifted, because they count whatever is asked.
Each refusal is set beside an exact count of the same file: the same normal name, the same date of
birth, the same exact address. What the exact count does not refuse, the keys alone refuse. Writes
docs/measurements/overcounting.md.

    people       given and family names of the sample, each as often as there, independent of each
                 other; streets of the sample, each as often as any other
    born         evenly over 53 years, one in fifty on the first of January; stated in every
                 request of the first file, and not stated in one request of twenty of the second
    homes        in every state and territory, and in them in ZIPs of every prefix, as evenly as
                 prefixes are; three requests in ten about people of one household, of whom one in
                 thirty is a twin and one in fifteen bears a parent's name; every fifth home is one
                 of a house with up to forty apartments, of which several may be asked about
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from bench.__main__ import SAMPLE
from counterfoil.core.values import Header, Person, Reject, Request
from counterfoil.demo import sample
from counterfoil.demo.questions import complete_request
from counterfoil.demo.sample import Row
from counterfoil.gate import BatchFactsBuilder, Gate, History, load_law
from counterfoil.gate.history.counts import Counting
from counterfoil.gate.history.fingerprints import Forms, forms_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.agreement import Guards
from counterfoil.gate.law.load import Law
from counterfoil.intake import COLUMN_NAMES, Table, to_requests
from counterfoil.normalize import exact_address_key, normalize_name
from counterfoil.normalize.asked_keys import exact_name
from counterfoil.normalize.places import STATES_OF_PREFIX
from counterfoil.normalize.tables import SUFFIXES
from counterfoil.office import law_library

EVIDENCE: Final = "guard-evidence"
PAGE: Final = Path(__file__).parents[1] / "docs" / "measurements" / "overcounting.md"
ROWS: Final = 200_000
SEED: Final = 6103
MOST_PER_10_000: Final = 1
_ON: Final = date(2026, 3, 2)
_KEY: Final = b"k" * 32
_CHUNK: Final = 4096
_SUFFIXES: Final = ("St", "Ave", "Rd", "Dr", "Ln", "Ct", "Pl", "Way", "Blvd", "Cir")
_STREET: Final = re.compile(r"(?:[a-z]{3,}|[0-9]+(?:st|nd|rd|th))(?: [a-z]{2,})*")
"""Streets of the sample that are taken: those written without slips in their first words."""
_LIFTED: Final = (
    "batch_rows", "matters", "same_reason", "similar_reason", "people_per_investigation",
    "requests_per_day", "requests_per_year",
)  # fmt: skip


# -- who is asked about ------------------------------------------------------------------------


class People:
    """Draws people and homes. `population` is the sample's folder, `undated` the share of people
    whose date of birth is not stated."""

    def __init__(self, population: Path, seed: int, undated: float) -> None:
        self._chance, self._undated = random.Random(seed), undated
        people = list(sample.census(population))
        self._given = [name for each in people if _names_one(name := each["first_name"])]
        self._family = [name for each in people if _names_one(name := each["last_name"])]
        self._streets = [
            street.title()
            for street in sorted({sample.place_of(each)[1].lower() for each in people})
            if _STREET.fullmatch(street)
        ]
        self._zips = sorted(
            (prefix, min(states)) for prefix, states in STATES_OF_PREFIX.items() if prefix != "000"
        )
        self._house: Row = {}
        self._left = 0

    def rows(self, count: int) -> Iterator[Row]:
        """`count` requests, each about another person."""
        number = 0
        while number < count:
            household = self._household()
            for row in household[: count - number]:
                number += 1
                officer = number % 6000
                yield complete_request(number, row, officer=officer) | _matter(number, officer)

    def _household(self) -> list[Row]:
        """People of one home who are asked about: most often one."""
        chance, home = self._chance, self._home()
        family, size = chance.choice(self._family), chance.choice((1,) * 14 + (2, 2, 3))
        people = [self._person(family)]
        while len(people) < size:
            person, kind = self._person(family), chance.random()
            if kind < 1 / 30:
                person["date_of_birth"] = people[0]["date_of_birth"]
            elif kind < 1 / 10:
                person["given_name"] = people[0]["given_name"]
            elif kind < 1 / 3:
                person["family_name"] = chance.choice(self._family)
            people.append(person)
        return [person | home for person in people]

    def _person(self, family: str) -> Row:
        chance = self._chance
        born = date(1953, 1, 1) + timedelta(days=chance.randrange(53 * 365))
        if chance.random() < 1 / 50:
            born = date(born.year, 1, 1)
        stated = chance.random() >= self._undated
        return {
            "given_name": chance.choice(self._given),
            "middle_name": chance.choice(("", "", chance.choice(self._given)[:1])),
            "family_name": family,
            "date_of_birth": born.isoformat() if stated else "",
        }

    def _home(self) -> Row:
        chance = self._chance
        if self._left:
            self._left -= 1
            return self._house | {"line2": f"Apt {self._left + 1}"}
        prefix, state = chance.choice(self._zips)
        street = chance.choice(self._streets)
        if street.split()[-1].upper() not in SUFFIXES:
            street = f"{street} {chance.choice(_SUFFIXES)}"
        number = int(chance.lognormvariate(7, 1.2)) + 1
        before = chance.choice(("", "", "", "", "N ", "S ", "E ", "W "))
        self._house = {
            "line1": f"{number} {before}{street}",
            "city": f"{chance.choice(self._family)} City",
            "state": state,
            "zip": f"{prefix}{chance.randrange(1, 100):02d}",
        }
        if chance.random() < 1 / 40:
            self._left = chance.randrange(2, 12)
        return self._house


def _names_one(name: str | None) -> bool:
    """Whether the sample's name is one that a lawful request can have."""
    return bool(name and exact_name(normalize_name(Person(name, "", name))))


def _matter(number: int, officer: int) -> Row:
    given, family = chr(97 + officer % 26), chr(97 + officer // 26 % 26)
    return {
        "investigation_number": f"HSI-2026-{number:06d}",
        "taxable_periods": "2024",
        "stay_or_deferral": "none",
        "review": "none",
        "engaged_officers": f"E{officer:04d}|Dana{given} Fields{family}|Special Agent|DHS",
    }


# -- the gate ------------------------------------------------------------------------------------


def lifted_law(folder: Path) -> Law:
    """The law under the agreement of April 2025, of which what counts whatever is asked is lifted;
    a sandbox's, so that its principals need no key."""
    path = law_library() / "agreements" / "treasury-dhs-2025.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("sandbox: false", "sandbox: true")
    text = text.replace("unsigned_accepted: false", "unsigned_accepted: true")
    text = text.replace("current_until: null", "current_until: 2035-12-31")
    text = text.replace("certificate: required", "certificate: not_required")
    text = text.replace("officer_caseload: {limit: 250", "officer_caseload: {limit: 100000000")
    for name in _LIFTED:
        text, times = re.subn(rf"(\b{name}: )\d+", r"\g<1>100000000", text)
        if times != 1:
            raise AssertionError(f"the agreement has {times} limits {name}")
    copy = folder / "agreement.yaml"
    copy.write_text(text, encoding="utf-8")
    return load_law(law_library(), copy)


@dataclass(frozen=True)
class Asked:
    """One request with its forms, its counts, the elements that refuse it, and whether it waits for
    two officers because of other evidence about the person at the home."""

    request: Request
    forms: Forms
    uses: Uses
    refused_by: tuple[str, ...]
    waits: bool = False


def decide(rows: Sequence[Row], law: Law) -> list[Asked]:
    """Every row through the gate, as one file without a past. Raises AssertionError where a row is
    no request."""
    columns = [[row.get(name, "") for row in rows] for name in COLUMN_NAMES]
    read = to_requests(Table(columns, range(1, len(rows) + 1)), set())
    requests = [row for row in read if not isinstance(row, Reject)]
    if len(requests) != len(rows):
        raise AssertionError(f"{len(rows) - len(requests)} rows are no requests")
    builder = BatchFactsBuilder(_KEY)
    for start in range(0, len(requests), _CHUNK):
        builder.add(*requests[start : start + _CHUNK])
    header = Header("dhs", "treasury-dhs-2025", "dhs-secretary", _ON, True, "written-request")
    facts = builder.finish(header, f"sha256:{'0' * 64}")
    gate = Gate(law, facts, History({}, 0, 0, ()), _ON)
    counting = Counting(builder.fingerprints, law.agreement.limits.guards.largest + 1, _KEY)
    found: list[Asked] = []
    for start in range(0, len(requests), _CHUNK):
        part = requests[start : start + _CHUNK]
        uses = counting.uses(range(start, start + len(part)))
        asked = [
            (request, forms, uses.get(place, ONCE))
            for place, (request, forms) in enumerate(zip(part, forms_of(part), strict=True), start)
        ]
        for each, decision in zip(asked, gate.decide_all(asked), strict=True):
            failed = getattr(decision, "failed", ())
            elements = [finding.element for finding in failed]
            refused_by = tuple([each for each in elements if each != EVIDENCE])
            found.append(Asked(*each, refused_by, waits=EVIDENCE in elements))
    return found


# -- the exact count -----------------------------------------------------------------------------


class ExactCount:
    """What each guard would count of a file if only what is the same in normal form were alike."""

    def __init__(self, file: Sequence[Asked]) -> None:
        self._attempts: Counter[Hashable] = Counter()
        self._addresses: defaultdict[Hashable, set[str]] = defaultdict(set)
        self._people: defaultdict[str, set[str]] = defaultdict(set)
        self._evidence: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
        for asked in file:
            name, born, address = _of(asked)
            self._attempts[name, born] += 1
            self._addresses[name, born].add(address)
            self._addresses[asked.forms.name.given, born].add(address)
            self._people[address].add(name)
            self._evidence[name, address].add((born, *_evidence(asked)))

    def refuses(self, asked: Asked, element: str, guards: Guards) -> bool:
        """Whether this guard would refuse the request by the exact count. A request that is refused
        by no guard has nothing to do with counting."""
        name, born, address = _of(asked)
        match element:
            case "guard-attempts":
                return self._attempts[name, born] > guards.attempts_on_person
            case "guard-addresses":
                given = self._addresses[asked.forms.name.given, born] if born else ()
                return (
                    len(self._addresses[name, born]) > guards.addresses_of_person
                    or len(given) > guards.born_addresses
                )
            case "guard-people":
                return len(self._people[address]) > guards.people_at_address
            case _:
                return True

    def waits(self, asked: Asked) -> bool:
        """Whether other evidence is stated for the same name at the same address."""
        name, _, address = _of(asked)
        return len(self._evidence[name, address]) > 1


def _evidence(asked: Asked) -> tuple[str, tuple[str, ...]]:
    return asked.request.person.tin, asked.request.taxable_periods


def _of(asked: Asked) -> tuple[str, date | None, str]:
    return (
        exact_name(asked.forms.name),
        asked.request.person.date_of_birth,
        exact_address_key(asked.forms.address),
    )


def kind(asked: Asked, element: str, guards: Guards) -> str:
    """Why the keys count more than there is, by guard and by what the request states."""
    dated = "with a date of birth" if asked.request.person.date_of_birth else "without one"
    match element:
        case "guard-attempts":
            return f"attempts on one person: alike names at one home, or in other homes ({dated})"
        case "guard-addresses" if asked.uses.addresses > guards.addresses_of_person:
            return f"homes of one person: both names are alike ({dated})"
        case "guard-addresses":
            return "homes of one given name and date of birth"
        case _:
            return "people at one home: the homes of one number on streets that are alike"


# -- the page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What was measured: `refused` by element, `alone` what the exact count would admit, with the
    kind of each."""

    rows: int
    refused: Counter[str]
    alone: Counter[str]
    kinds: Counter[str]
    refused_rows: int
    alone_rows: int
    waiting: int = 0
    waiting_alone: int = 0


def measure(rows: int, population: Path, undated: float, seed: int = SEED) -> Measured:
    """Make the requests, decide them, count again."""
    with tempfile.TemporaryDirectory() as folder:
        law = lifted_law(Path(folder))
        file = decide(list(People(population, seed, undated).rows(rows)), law)
    exact, guards = ExactCount(file), law.agreement.limits.guards
    refused, alone, kinds = Counter[str](), Counter[str](), Counter[str]()
    refused_rows = alone_rows = 0
    for asked in file:
        by_keys = [e for e in asked.refused_by if not exact.refuses(asked, e, guards)]
        refused.update(asked.refused_by)
        alone.update(by_keys)
        refused_rows += bool(asked.refused_by)
        if asked.refused_by and len(by_keys) == len(asked.refused_by):
            alone_rows += 1
            kinds[kind(asked, by_keys[0], guards)] += 1
    waiting = [asked for asked in file if asked.waits]
    by_keys_alone = sum(not exact.waits(asked) for asked in waiting)
    return Measured(
        rows, refused, alone, kinds, refused_rows, alone_rows, len(waiting), by_keys_alone
    )


HEAD: Final = """# Lawful requests that the keys refuse

Written by `python -m bench.overcount`; not edited by hand. {rows:,} lawful requests about different
made-up people (seed {seed}), as one file of a year through the gate, under the limits of the
agreement of April 2025 on persons, homes and repetitions; quotas, caseload, rows of a file, reasons
and people under an investigation are lifted (bench/overcount.py says who is asked about). Each
refusal is set beside an exact count: the same normal name, the same date of birth, the same exact
address. At most {most} request in 10,000 may be refused by the keys alone.

Two requests for one name without a date of birth, at two homes, may both be confirmed for one
resident who moved; so they are counted as one person's, with all whose names are alike. People of
frequent names are then more than the limits allow, and the cure is to state the date of birth. That
is measured apart, in a second file.

Two people of one name who live at one home, here one in fifteen who are asked about beside others
of their home, are one person to whoever tries dates of birth; so two dates for them wait for two
officers (`guard-evidence`, decision 21), and so do those of people whose given names are alike.
They are counted by themselves. A suffix does not tell them apart: a resident of whom no suffix is
held is confirmed under either.
"""
FILE: Final = """
## {title}

| | requests | in 10,000 |
|---|---|---|
| asked | {rows:,} | 10,000 |
| refused | {refused:,} | {refused_share:.2f} |
| of these, by the exact count, or by an element that counts nothing | {both:,} | {both_share:.2f} |
| **by the keys alone** | **{alone:,}** | **{alone_share:.2f}** |
| wait for two officers, two dates being stated for one person and home | {waiting:,} | {waiting_share:.2f} |
| of these, given names that are alike and not the same | {waiting_alone:,} | {waiting_alone_share:.2f} |

| element | refuses | of these by the keys alone |
|---|---|---|
{elements}
| why the keys alone refuse a request | requests |
|---|---|
{kinds}"""
FILES: Final = (("Every request states the date of birth", 0.0),
                ("One request of twenty states none", 1 / 20))  # fmt: skip


def page(measured: Sequence[Measured]) -> str:
    """The page, of one measurement for each of `FILES`."""
    head = HEAD.format(rows=measured[0].rows, seed=SEED, most=MOST_PER_10_000)
    files = (_file(title, each) for (title, _), each in zip(FILES, measured, strict=True))
    return "".join([head, *files])


def _file(title: str, found: Measured) -> str:
    share = 10_000 / found.rows
    both = found.refused_rows - found.alone_rows
    elements = "".join(
        f"| `{element}` | {count:,} | {found.alone[element]:,} |\n"
        for element, count in found.refused.most_common()
    )
    kinds = "".join(f"| {name} | {count:,} |\n" for name, count in found.kinds.most_common())
    return FILE.format(
        title=title,
        rows=found.rows,
        refused=found.refused_rows,
        refused_share=found.refused_rows * share,
        both=both,
        both_share=both * share,
        alone=found.alone_rows,
        alone_share=found.alone_rows * share,
        waiting=found.waiting,
        waiting_share=found.waiting * share,
        waiting_alone=found.waiting_alone,
        waiting_alone_share=found.waiting_alone * share,
        elements=elements or "| none | 0 | 0 |\n",
        kinds=kinds or "| none | 0 |\n",
    )


def main(rows: int) -> int:
    """Measure and write; 1 where of requests with a date of birth the keys alone refuse more than
    they may."""
    measured = [measure(rows, SAMPLE, undated) for _, undated in FILES]
    written = page(measured)
    PAGE.write_text(written, encoding="utf-8")
    sys.stdout.write(written)
    return int(measured[0].alone_rows * 10_000 > MOST_PER_10_000 * rows)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
