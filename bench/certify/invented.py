"""`python -m bench.certify.invented [--asked 1500] [--seed 5]`: kinds of confusion that no decoy of
a certificate asks about, invented to break the rules, and how many of each are confirmed.

The residents are those of the world of bench/groups, one to a home beside the others who file
there. Each question is about somebody who is not the resident, has the same address and, unless its
kind says otherwise, the same date of birth, and files nothing. It is decided as
bench/groups/in_memory.py does. A kind that is confirmed belongs into `not_covered`, or becomes a
class; the page says which. Writes docs/measurements/invented.md.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from bench.groups.in_memory import homes_of, is_confirmed
from bench.groups.people import Cells, doors
from counterfoil import matching
from counterfoil.certification.decoys.persons import is_another
from counterfoil.normalize import name_similarity as similarity

PAGE: Final = Path(__file__).parents[2] / "docs" / "measurements" / "invented.md"
ASKED: Final = 1500
SEED: Final = 5
PEOPLE: Final = 220_000
YEAR: Final = 2024
GROWN: Final = 27
LEAST: Final = 4
_PAIR: Final = 2

Changed = Cells | None


@dataclass(frozen=True)
class Invented:
    """A kind: what it is, how the question differs from the row, what of `not_covered` names it."""

    sentence: str
    change: Callable[[Cells, Cells, random.Random], Changed]
    named: str = ""


def words(cells: Cells) -> list[str]:
    """The given and middle words of a row."""
    return f"{cells['given_name']} {cells['middle_name']}".replace("-", " ").split()


def age(cells: Cells) -> int:
    """The age at the end of the period."""
    return YEAR - int(cells["date_of_birth"][:4])


def _turned(row: Cells, _other: Cells, _chance: random.Random) -> Changed:
    own = words(row)
    if len(own) != _PAIR or min(map(len, own)) < _PAIR or own[0] == own[1]:
        return None
    return {"given_name": f"{own[1]} {own[0]}", "middle_name": ""}


def _shared_initials(row: Cells, other: Cells, _chance: random.Random) -> Changed:
    own, theirs = words(row), words(other)
    if not own or not theirs or own[0] == theirs[0] or len(own[0]) < _PAIR:
        return None
    return {"given_name": own[0][0], "middle_name": theirs[0]}


def _rhyme(row: Cells, _other: Cells, chance: random.Random) -> Changed:
    return _another(row, lambda name: chance.choice("BDKLMRT") + name[1:].lower())


def _ending(row: Cells, _other: Cells, chance: random.Random) -> Changed:
    return _another(row, lambda name: name + chance.choice(("ia", "lyn", "elle", "ica", "ton")))


def _another(row: Cells, change: Callable[[str], str]) -> Changed:
    """The row with its first given word changed, where that makes another name of it."""
    first, *rest = words(row) or ("",)
    if len(first) < LEAST or not is_another(first, name := change(first)):
        return None
    return {"given_name": name, "middle_name": " ".join(rest)}


def _other_second(row: Cells, other: Cells, _chance: random.Random) -> Changed:
    own, theirs = words(row), words(other)
    if len(own) < _PAIR or not theirs or min(map(len, own)) < _PAIR:
        return None  # one word alone is `first_alone`
    if len(theirs[-1]) < LEAST or any(not is_another(word, theirs[-1]) for word in own):
        return None
    return {"given_name": own[0] + theirs[-1].lower(), "middle_name": ""}


def _familiar(row: Cells, _other: Cells, chance: random.Random) -> Changed:
    own = words(row)
    forms = sorted(similarity.familiar_forms().get(own[0].upper(), ())) if own else []
    if not forms or age(row) < GROWN:
        return None
    return {"given_name": chance.choice(forms).title(), "middle_name": ""}


def _in_law(row: Cells, other: Cells, _chance: random.Random) -> Changed:
    if row["family_name"] == other["family_name"] or row["date_of_birth"].endswith("-01-01"):
        return None
    return {"family_name": other["family_name"]}


def _next_day(row: Cells, _other: Cells, chance: random.Random) -> Changed:
    born = date.fromisoformat(row["date_of_birth"]) + timedelta(days=chance.choice((-1, 1)))
    return {"date_of_birth": born.isoformat()}


def _generation(row: Cells, _other: Cells, chance: random.Random) -> Changed:
    born = date.fromisoformat(row["date_of_birth"])
    years = chance.choice((20, 30)) * (1 if born.year < YEAR - 40 else -1)
    day = min(born.day, 28)
    return {"date_of_birth": born.replace(year=born.year + years, day=day).isoformat()}


def _initial_of_second(row: Cells, _other: Cells, _chance: random.Random) -> Changed:
    own = words(row)
    if len(own) != _PAIR or min(map(len, own)) < _PAIR or age(row) >= GROWN:
        return None
    return {"given_name": own[0], "middle_name": own[1][0]}


def _first_alone(row: Cells, _other: Cells, _chance: random.Random) -> Changed:
    own = words(row)
    if len(own) != _PAIR or min(map(len, own)) < _PAIR or age(row) < GROWN:
        return None
    return {"given_name": own[0], "middle_name": ""}


def _exchanged(row: Cells, other: Cells, _chance: random.Random) -> Changed:
    own, theirs = words(row), words(other)
    if not own or not theirs or row["family_name"].upper() in map(str.upper, own):
        return None
    if own[0].upper().startswith(theirs[0].upper()):
        return None
    return {"given_name": row["family_name"], "middle_name": "", "family_name": theirs[0]}


KINDS: Final = {
    "turned": Invented(
        "A twin who bears the resident's two given words in the other order.",
        _turned,
        "longer than two letters, in another order",
    ),
    "hidden": Invented(
        "A twin with another first name, written by the resident's initial and the own name.",
        _shared_initials,
    ),
    "rhyme": Invented("A twin whose name rhymes: another first letter.", _rhyme),
    "ending": Invented("A twin whose name is the resident's and an ending.", _ending),
    "joined": Invented(
        "A twin who shares the first word, with another second one, written as one word.",
        _other_second,
    ),
    "familiar": Invented(
        "A twin of 27 or more who is called by a familiar form of the resident's name.",
        _familiar,
        "familiar form",
    ),
    "in_law": Invented(
        "Somebody of the same given names and date of birth, with another family name.",
        _in_law,
        "with another family name",
    ),
    "next_day": Invented("A namesake born a day before or after.", _next_day),
    "generation": Invented("A namesake born on the same day, a generation apart.", _generation),
    "initial": Invented(
        "A twin under 27 whose second given word has the resident's initial, written by it.",
        _initial_of_second,
        "initial that is written for the resident's",
    ),
    "first_alone": Invented(
        "A twin of 27 or more who shares the first given word, written by it alone.",
        _first_alone,
        "alone or with a third word",
    ),
    "exchanged": Invented(
        "A twin whose given and family name stand in each other's field.", _exchanged
    ),
}
HEAD: Final = """# Kinds of confusion that somebody invented

Written by `python -m bench.certify.invented`; not edited by hand. Made-up people only: the world of [groups.md](groups.md), seed {seed}, {people:,} people. {asked:,} questions of each kind, about somebody
who files nothing, at a resident's address and, unless the kind says otherwise, with that resident's date of birth; none is the resident. None of the kinds is among those of a
certificate as it stands here. What is confirmed is named in `not_covered` ([certificate.md](../formats/certificate.md)). Decided in memory, home by home.

| kind | asked | confirmed | named in `not_covered` |
|---|---|---|---|
"""


def ask_all(asked: int, seed: int, people: int) -> dict[str, tuple[int, int]]:
    """(asked, confirmed) by kind."""
    chance = random.Random(seed)
    rows = [row for held, _, _ in doors(people, seed) for row in held]
    homes = homes_of(rows)
    learner = matching.Learner("0" * 32)
    for residents in homes.values():
        learner.co_residents(residents.residents)
    weights = learner.finish()
    found: dict[str, tuple[int, int]] = {}
    for name, kind in KINDS.items():
        told = Counter(
            is_confirmed(question, homes, weights)
            for question in _questions(kind, rows, asked, chance)
        )
        found[name] = told.total(), told[True]
    return found


def _questions(
    kind: Invented, rows: list[Cells], asked: int, chance: random.Random
) -> Iterator[Cells]:
    made = 0
    for row in chance.sample(rows, len(rows)):
        changed = kind.change(row, chance.choice(rows), chance)
        if changed is None:
            continue
        yield row | {"suffix": "", "request_id": f"q{made}"} | changed
        made += 1
        if made == asked:
            return


def lines_of(found: dict[str, tuple[int, int]]) -> Iterator[str]:
    """The rows of the table."""
    for name, (asked, confirmed) in found.items():
        kind = KINDS[name]
        named = f'"... {kind.named} ..."' if kind.named else ""
        yield f"| `{name}`: {kind.sentence} | {asked:,} | {confirmed:,} | {named} |\n"


def main() -> None:
    """Ask, print and write the page."""
    options = argparse.ArgumentParser(prog="python -m bench.certify.invented", description=__doc__)
    options.add_argument("--asked", type=int, default=ASKED)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--no-page", action="store_true", help="print only")
    chosen = options.parse_args()
    found = ask_all(chosen.asked, chosen.seed, chosen.people)
    page = HEAD.format(**vars(chosen)) + "".join(lines_of(found))
    if not chosen.no_page:
        PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
