"""docs/measurements/attacks.md, from the outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scripts.attacks.attack import BAD, BROKEN, SUCCEEDED, Attack, Outcome, several

HEAD: Final = """# {title}

Written by `{command}`; not edited by hand. Each attack is run through the command
line, against the commit {first} and against {last}, on sandbox offices under the agreement of
April 2025 with its limits as they are (scripts/attacks/office.py says what is changed).
**Reported** attacks are those by which the first commit was broken; the others are their
neighbors.

- `succeeded`: the attacker has what the law or the agreement denies.
- `stopped by CODE`: the code of an element or of a fault; `not_confirmed` where the request was
  decided and the matcher did not confirm it; `same` where nothing differs; `read` where a file was
  taken like any other, within the bounds; `admitted` where the attack is a denial and the honest
  question was admitted.
- `broken`: it could not be carried out, and shows nothing.
- Controls are honest requests of the same shape: `answered`, or `denied`, in which case an attack
  beside it may be stopped because everything is.

| outcome | {first} | {last} |
|---|---|---|
{counts}
"""
ITEM: Final = """
## {item}: {about}

| attack | what | {first} | {last} |
|---|---|---|---|
{rows}"""
_TITLES: Final = {
    "gate": {"title": "Attacks", "command": "python -m scripts.attacks"},
    "law": {
        "title": "Attacks on the law by its text",
        "command": "python -m scripts.attacks --subject law",
    },
    "writers": {
        "title": "Attacks by whoever writes the database or the office's files, and has no key",
        "command": "python -m scripts.attacks --subject writers",
    },
}
_NONE: Final = Outcome(BROKEN, "not run")


def page(
    attacks: Iterable[Attack],
    subject: str,
    about: Mapping[str, str],
    names: tuple[str, str],
    found: tuple[Mapping[str, Outcome], Mapping[str, Outcome]],
) -> str:
    """The page of a subject. `about`: its items; `names` and `found`: of the first commit and of
    the last."""
    every = list(attacks)
    named = {"first": names[0], "last": names[1]}
    counts = "\n".join(_counts(every, found))
    parts = [HEAD.format(counts=counts, **_TITLES[subject], **named)]
    for item, what in about.items():
        of = several(every, item)
        rows = "".join(_row(each, found) for each in of)
        if of:
            parts.append(ITEM.format(item=item, about=what, rows=rows, **named))
    return "".join(parts)


def _counts(
    attacks: list[Attack], found: tuple[Mapping[str, Outcome], Mapping[str, Outcome]]
) -> Iterator[str]:
    columns = [Counter(each.get(a.id, _NONE).verdict for a in attacks) for each in found]
    for verdict in ("succeeded", "stopped", "broken", "answered", "denied"):
        yield f"| {verdict} | {columns[0][verdict]} | {columns[1][verdict]} |"


def _row(attack: Attack, found: tuple[Mapping[str, Outcome], Mapping[str, Outcome]]) -> str:
    kind = "**reported** " if attack.listed else "control: " if attack.control else ""
    first, last = [_cell(each.get(attack.id, _NONE)) for each in found]
    return f"| `{attack.name}` | {kind}{_escaped(attack.what)} | {first} | {last} |\n"


def _cell(outcome: Outcome) -> str:
    text = _escaped(str(outcome))
    return f"**{text}**" if outcome.verdict == SUCCEEDED else text


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def failures(attacks: Iterable[Attack], found: Mapping[str, Outcome]) -> list[str]:
    """What a tree must not show, one line each."""
    outcomes = [(each, found.get(each.id, _NONE)) for each in attacks]
    return [f"{each.id}: {outcome}" for each, outcome in outcomes if outcome.verdict in BAD]
