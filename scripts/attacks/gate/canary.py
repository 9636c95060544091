"""gate-10: what a requester can see of a canary. A requester who sends files of one row, or nearly,
and sees at once that it is suspended knows which row it was.

How it is run: a file asks about a canary, in one way or another. Then, on the same day, the
requester sends a next file about somebody else, as it would any day. What it sees is whether that
file is received, and with which code. The attack succeeded where what it sees differs from what
it sees after a file about a stranger. It is stopped by `same` where it sees the same. It is
broken where the office saw nothing either, or where something of the requester was released
meanwhile after an alarm.

A canary's name and address are taken from the build itself, as the tests take them: no command
tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from scripts.attacks.attack import (
    ANSWERED,
    DENIED,
    Attack,
    Group,
    NotRun,
    Outcome,
    stopped,
    succeeded,
)
from scripts.attacks.gate.windows import strangers
from scripts.attacks.office import Office, make_office, write_csv
from scripts.attacks.people import SOURCE_COLUMNS, Row, crowd, request


class Canary(NamedTuple):
    """A made-up person at a made-up address, as a requester would write them."""

    given: str
    family: str
    born: str
    line: str
    city: str
    state: str
    zip: str

    def asked(self, number: int, **changes: str) -> Row:
        """A question about the canary that is in order."""
        at = {"city": self.city, "state": self.state, "zip": self.zip, "date_of_birth": self.born}
        return request(number, self.given, self.family, self.line, **(at | changes))


def _office(folder: Path) -> tuple[Office, Canary, Canary]:
    """An office, and two canaries of its register."""
    office = make_office(folder, crowd(60))
    people = write_csv(folder / "crowd.csv", crowd(60), SOURCE_COLUMNS)
    made: list[Any] = []
    try:
        from counterfoil.disclosure import register_build
        from counterfoil.office import open_office

        register_build.build_snapshot(
            open_office(office.path),
            people,
            made_up=True,
            progress=lambda _done, _total, _phase: None,
            canaries=6,
            told=made.extend,
        )
    except (ImportError, TypeError) as fault:
        raise NotRun(f"no build that tells its canaries: {type(fault).__name__}") from None
    if len(made) < 2:
        raise NotRun("no canaries were made")
    return office, _read(made[0]), _read(made[1])


def _read(canary: Any) -> Canary:
    who, at = canary.resident, canary.address
    born = who.date_of_birth.isoformat() if who.date_of_birth else ""
    given, family = " ".join(who.name.given), " ".join(who.name.family)
    return Canary(given.title(), family.title(), born, at.line1, at.city, at.state, at.zip)


Files = Callable[[Canary, Canary], Sequence[Sequence[Row]]]


def _stranger(canary: Canary, number: int) -> Row:
    """Somebody else, asked for at the canary's address."""
    name = {"given_name": "Ottoline", "family_name": "Birdwhistle", "date_of_birth": ""}
    return canary.asked(number, **name)


WAYS: Final[dict[str, tuple[str, bool, Files, bool]]] = {
    "one-row": ("a file of one row", True, lambda c, _: [[c.asked(1)]], True),
    "two-rows": ("a file of two rows", False, lambda c, _: [[c.asked(1), *strangers(1, 20)]], True),
    "last-row": (
        "the last row of fifty",
        False,
        lambda c, _: [[*strangers(49, 20), c.asked(1)]],
        True,
    ),
    "undated": (
        "without a date of birth",
        False,
        lambda c, _: [[c.asked(1, date_of_birth="")]],
        False,
    ),
    "spelled": (
        "the name with digits",
        False,
        lambda c, _: [[c.asked(1, given_name=c.given.replace("e", "3").replace("a", "4"))]],
        False,
    ),
    "capitals": (
        "in capitals",
        False,
        lambda c, _: [[c.asked(1, given_name=c.given.upper(), family_name=c.family.upper())]],
        True,
    ),
    "address-twice": (
        "two strangers at its address",
        False,
        lambda c, _: [[_stranger(c, 1)], [_stranger(c, 2) | {"given_name": "Leopold"}]],
        True,
    ),
    "address-twice-one-file": (
        "two strangers at its address, in one file",
        False,
        lambda c, _: [[_stranger(c, 1), _stranger(c, 2) | {"given_name": "Leopold"}]],
        True,
    ),
    "two-canaries": (
        "two canaries in two files",
        False,
        lambda c, d: [[c.asked(1)], [d.asked(2)]],
        True,
    ),
    "split": (
        "the second of three files of one row",
        False,
        lambda c, _: [strangers(1, 20), [c.asked(1)], strangers(1, 30)],
        True,
    ),
    "again": ("asked again after its file", False, lambda c, _: [[c.asked(1)], [c.asked(2)]], True),
}
"""What; whether reported; the files; whether the office must have seen an alarm."""


def _steps(office: Office, path: Path) -> tuple[str, str]:
    """What came of a file: (what the requester sees when it is received, what the office sees
    when it determines)."""
    received = office.receive(path)
    if received.fault:
        return received.fault, ""
    batch = str(received.required("receive")["batch"])
    return "received", office.at("determine", batch).fault


def _alarmed(office: Office) -> bool:
    """Whether the ledger has an incident or a suspension: the office was told."""
    entries = office.at("ledger", "show").required("ledger show")["entries"]
    return not {"incident", "suspension"}.isdisjoint(each["kind"] for each in entries)


def _seen(office: Office, files: Sequence[Sequence[Row]]) -> tuple[list[str], list[str], bool]:
    """What the requester sees of each file and of a next one; what the office sees; whether the
    next file can be released."""
    paths = [office.sign(office.write(rows)) for rows in [*files, strangers(1, 400)]]
    both = [_steps(office, path) for path in paths]
    out = paths[-1].with_suffix(".jsonl")
    keys = ["--officer", office.key("a"), "--second", office.key("b")]
    released = office.at("answer", paths[-1], *keys, "--out", out)
    return [seen for seen, _ in both], [kept for _, kept in both], not released.fault


def _attack(name: str, folder: Path) -> dict[str, Outcome]:
    _, _, files, alarm = WAYS[name]
    office, one, other = _office(folder / "canary")
    seen, _, released = _seen(office, files(one, other))
    if set(seen) != {"received"}:
        codes = [each for each in seen if each != "received"]
        return {name: succeeded(f"the requester sees {codes[0]} at once")}
    if alarm and not _alarmed(office):
        raise NotRun("the office saw nothing")
    if alarm and released:
        return {name: succeeded("a file of the requester was released after the alarm")}
    return {name: stopped("same")}


def _honest(folder: Path) -> dict[str, Outcome]:
    """Files about strangers are received, determined and released, and raise nothing; a file about
    a canary tells the office on the same day."""
    office, _, _ = _office(folder / "stranger")
    seen, kept, released = _seen(office, [strangers(1, 20), strangers(2, 30)])
    ours = set(seen) == {"received"} and not any(kept) and released and not _alarmed(office)
    held, one, _ = _office(folder / "canary")
    _steps(held, held.sign(held.write([one.asked(1)])))
    known = _alarmed(held)
    return {
        "honest": Outcome(ANSWERED if ours else DENIED, "released" if ours else f"{seen} {kept}"),
        "office-knows": Outcome(ANSWERED if known else DENIED, "told" if known else "not told"),
    }


GROUPS: Final = (
    *(
        Group(
            f"canary-{name}",
            (Attack("gate-10", name, f"a canary asked about: {what}", listed),),
            partial(_attack, name),
            quick=name == "one-row",
        )
        for name, (what, listed, *_) in WAYS.items()
    ),
    Group(
        "canary-honest",
        (
            Attack("gate-10", "honest", "files about strangers are released", control=True),
            Attack("gate-10", "office-knows", "the office is told of a canary", control=True),
        ),
        _honest,
    ),
)
