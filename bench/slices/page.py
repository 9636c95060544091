"""The tables of the slices, and docs/measurements/slices.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.slices.names import ARMS
from bench.slices.noise import ALL, COMPOUND, PARTICLES
from bench.slices.people import SEED, Asked
from counterfoil.certification.curves import upper_bound
from counterfoil.certification.slices import SLICES

KINDS_SHOWN: Final = 6


class Measured(NamedTuple):
    """One run: households an arm, what `evaluate` printed, what is known of each question, the
    levels of each mistake by id, and misses by arm and kind."""

    households: int
    told: dict[str, Any]
    known: dict[str, Asked]
    mistakes: dict[str, str]
    missed: Counter[Any]


def lines(found: Measured) -> list[str]:
    """Every table."""
    return [
        "## By how the family name is held\n",
        *_arms(found),
        "\n## By `evaluate`'s groups\n",
        *_slices(found),
        "\n## By what was written otherwise\n",
        *_changes(found),
        "\n## Kinds of misses\n",
        *_kinds(found),
    ]


def write_page(folder: Path, found: Measured) -> None:
    """Write the page."""
    folder.mkdir(parents=True, exist_ok=True)
    text = HEAD.format(
        households=found.households, questions=len(found.known), seed=SEED, **_gap(found)
    )
    (folder / "slices.md").write_text(text + "\n".join(lines(found)) + "\n", encoding="utf-8")


def _gap(found: Measured) -> dict[str, str]:
    recall = {arm: _recall(found, arm) for arm in ARMS}
    wrong = {arm: _wrong(found, arm) for arm in ARMS}
    rest = [
        (_count(found, arm, truth=True), recall[arm], _count(found, arm, truth=False), wrong[arm])
        for arm in ARMS
        if arm != "compound"
    ]
    asked = sum(count for count, _, _, _ in rest)
    share = sum(count * share for count, share, _, _ in rest) / max(1, asked)
    false = sum(count for _, _, count, _ in rest)
    return {
        "compound": f"{recall['compound']:.2%}",
        "rest": f"{share:.2%}",
        "points": f"{(recall['compound'] - share) * 100:+.2f}",
        "wrong": f"{wrong['compound']} of {_count(found, 'compound', truth=False):,}",
        "wrong_rest": f"{sum(each[3] for each in rest)} of {false:,}",
    }


def _count(found: Measured, arm: str, *, truth: bool) -> int:
    return sum(asked.arm == arm and asked.truth is truth for asked in found.known.values())


def _recall(found: Measured, arm: str) -> float:
    missed = sum(
        found.known[name].arm == arm and found.known[name].truth for name in found.mistakes
    )
    return 1 - missed / max(1, _count(found, arm, truth=True))


def _wrong(found: Measured, arm: str) -> int:
    return sum(
        found.known[name].arm == arm and not found.known[name].truth for name in found.mistakes
    )


def _arms(found: Measured) -> Iterator[str]:
    yield "| arm | true | recall | false | wrong | 95 % bound |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for arm in ARMS:
        true, false, wrong = (
            _count(found, arm, truth=True),
            _count(found, arm, truth=False),
            _wrong(found, arm),
        )
        yield (
            f"| {arm} | {true:,} | {_recall(found, arm):.2%} | {false:,} | {wrong} | "
            f"{upper_bound(wrong, false):.1e} |"
        )


def _slices(found: Measured) -> Iterator[str]:
    yield "| group | what it is | true | recall | false | wrong |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in found.told["slices"]:
        yield (
            f"| {each['name']} | {SLICES[each['name']]} | {each['true']:,} | "
            f"{each['recall']:.2%} | {each['false']:,} | "
            f"{each['confirmed_false']} |"
        )


def _changes(found: Measured) -> Iterator[str]:
    yield "| what | " + " | ".join(f"{arm}: true, recall" for arm in ARMS) + " |"
    yield "| --- |" + " --- |" * len(ARMS)
    asked, right = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name, each in found.known.items():
        for change in each.changes or ["nothing"]:
            if each.truth:
                asked[each.arm, change] += 1
                right[each.arm, change] += name not in found.mistakes
    for change in ("nothing", *ALL, *COMPOUND, *PARTICLES):
        cells = (
            f"{asked[arm, change]:,}, {right[arm, change] / asked[arm, change]:.1%}"
            if asked[arm, change]
            else ""
            for arm in ARMS
        )
        yield f"| {change} | " + " | ".join(cells) + " |"


def _kinds(found: Measured) -> Iterator[str]:
    yield "| arm | levels that did not agree in full | misses |"
    yield "| --- | --- | --- |"
    for arm in ARMS:
        kinds = Counter({kind: count for (of, kind), count in found.missed.items() if of == arm})
        yield from (
            f"| {arm} | {kind} | {count} |" for kind, count in kinds.most_common(KINDS_SHOWN)
        )


HEAD: Final = """# Recall and wrong confirmations by group of names

Written by `python -m bench.slices`; not edited by hand. Made-up people only: {households:,} households, each written
in three arms, and as many again in `other`; {questions:,} questions, seed {seed}. `bench/slices/people.py` says how
households are made, `noise.py` how names are written again and at which rates, `names.py` where names come from.
Rates are chosen, not measured: they are equal in every arm, and what only compound names have (a part left out, the
order swapped, a hyphen, parts joined, particles) comes on top. So the arms can be compared; the recall itself
foretells nothing. Questions carry no date of birth and no tax number. Groups are told by the form of a name alone;
nothing is inferred of anyone (P8).

**Compound Spanish family names: recall {compound}, the rest {rest}: {points} points. Wrong confirmations {wrong}; the
rest {wrong_rest}.**

"""
