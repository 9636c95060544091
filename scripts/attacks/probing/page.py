"""docs/measurements/probing.md, from what the strategies learned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from scripts.attacks.probing.strategy import HOME, PERSON, SEED, strategy

BEST: Final = 10
HEAD: Final = """# What probing learns in a year

Written by `python -m scripts.attacks.probing`; not edited by hand. {count:,} strategies, drawn from
the seed {seed} by number (scripts/attacks/probing/strategy.py), each a simulated year of one
requester under the agreement of April 2025, its limits untouched and all three routes open. Even
numbers are after the address of one person, odd ones after the people of one home. The attacker is
taken to know which ways of writing the matcher and the register read as the target, and uses no
other. What is learned: the homes, or the names, that were really put to the register.

By arithmetic the agreement lets a requester try, in the window of {window} days, {limits}:

{stated}

Homes of one person are `addresses_of_person` where no date of birth is stated, and
`addresses_of_given_and_birth` where it is: the two are counted apart, so they add up.

| | {names} |
|---|{rules}|
{rows}
"""
TARGETS: Final = {PERSON: "homes tried for one person", HOME: "names tried at one home"}


def arithmetic(limits: dict[str, int]) -> dict[str, int]:
    """The most that the limits allow, by target. Who states the date of birth asks about other
    people than who does not: homes of each are counted apart, the former by a limit of their own
    where the agreement has one, whatever family name is written."""
    homes = limits["addresses_of_person"] + limits.get("addresses_of_given_and_birth", 0)
    return {PERSON: homes, HOME: limits["people_at_address"]}


def page(names: Sequence[str], found: Sequence[dict[str, Any]]) -> str:
    """The page. `found`: of the first commit and of the last, as child.py prints it."""
    most = arithmetic(found[-1]["limits"])
    said = " and ".join(f"{most[target]} {what}" for target, what in TARGETS.items())
    rows = [
        line
        for target, what in TARGETS.items()
        for line in _rows(what, [_tried(each, target) for each in found], most[target])
    ]
    head = HEAD.format(
        count=len(found[-1]["learned"]),
        seed=SEED,
        window=found[-1]["limits"]["window_days"],
        limits=said,
        stated="\n".join(f"- `{name}`: {value}" for name, value in found[-1]["limits"].items()),
        names=" | ".join(names),
        rules="---|" * (len(names) - 1) + "---",
        rows="\n".join(rows),
    )
    parts = [head, *(_best(name, each) for name, each in zip(names, found, strict=True))]
    return "\n".join([*parts, _pools(names, found)])


def _tried(found: dict[str, Any], target: str) -> list[int]:
    wanted = 1 if target == HOME else 0
    return sorted(tried for number, tried, _, _ in found["learned"] if number % 2 == wanted)


def _rows(what: str, columns: list[list[int]], most: int) -> list[str]:
    def line(name: str, cells: list[str]) -> str:
        return f"| {what}: {name} | {' | '.join(cells)} |"

    def at(values: list[int], share: float) -> str:
        return str(values[min(int(len(values) * share), len(values) - 1)])

    over = [sum(each > most for each in values) for values in columns]
    return [
        line("the agreement's arithmetic", [str(most)] * len(columns)),
        line("**the best strategy**", [f"**{values[-1]:,}**" for values in columns]),
        line("99th percentile", [at(values, 0.99) for values in columns]),
        line("90th percentile", [at(values, 0.9) for values in columns]),
        line("median", [at(values, 0.5) for values in columns]),
        line(
            "strategies over the arithmetic",
            [f"{n:,} of {len(v):,}" for n, v in zip(over, columns, strict=True)],
        ),
    ]


def _best(name: str, found: dict[str, Any]) -> str:
    """The best strategies of each target, as they can be run again."""
    lines = [f"\n## The best strategies against {name}\n"]
    for target, what in TARGETS.items():
        wanted = 1 if target == HOME else 0
        of = [each for each in found["learned"] if each[0] % 2 == wanted]
        best = sorted(of, key=lambda each: (-each[1], each[3], each[0]))[:BEST]
        lines.append(f"{what[0].upper()}{what[1:]}:\n")
        for number, tried, granted, files in best:
            said = json.dumps(strategy(number).described(), separators=(",", ":"))
            lines.append(f"- {tried:,} ({granted:,} granted in {files} files): `{said}`")
        lines.append("")
    return "\n".join(lines)


def _pools(names: Sequence[str], found: Sequence[dict[str, Any]]) -> str:
    """How many ways of writing the target are read as the target."""
    lines = ["## Ways of writing that are read as the target", ""]
    lines += [f"| target | way | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for target in TARGETS:
        ways = list(dict.fromkeys(way for each in found for way in each["pools"][target]))
        for way in ways:
            counts = " | ".join(str(each["pools"][target].get(way, 0)) for each in found)
            lines.append(f"| {target} | {way} | {counts} |")
    return "\n".join(lines) + "\n"
