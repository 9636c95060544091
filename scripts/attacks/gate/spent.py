"""gate-7: a denial. What is asked and never answered, or never asked by who may ask, uses up what
the agreement allows, so that the honest question afterwards is refused.

Each attack does something that nobody answers, and then sends the honest question, signed. It
succeeded where the honest question is refused for what went before; it is stopped (`admitted`)
where the gate admits it. That it is admitted where nothing went before is the control. Refusals
on the merits do count: the second control.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

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
from scripts.attacks.office import Office, Sent, make_office, on_day
from scripts.attacks.people import Row, crowd, person, request

_RESIDENT: Final = person("r1", "Marisol", "Quintana", "1847 Heron Lake Rd")
SOURCE: Final = (_RESIDENT, *crowd(40))
_ADMITTED: Final = ("confirmed", "not_confirmed", "not_compared")
DAY_QUOTA: Final = 6
_SMALL: Final = {"requests_per_day": str(DAY_QUOTA)}


def _ask(number: int = 1, line: str = "1847 Heron Lake Rd", **more: str) -> Row:
    return request(1, "Marisol", "Quintana", line, **more) | {"request_id": f"q{number}"}


def unsigned(office: Office, rows: Sequence[Row], **fields: str) -> Path:
    """A file whose header anybody could have written."""
    path = office.write(rows)
    header = {
        "requester": "dhs",
        "agreement": "treasury-dhs-2025",
        "principal": "dhs-secretary",
        "sent_on": datetime.now(UTC).date().isoformat(),
    }
    side = path.with_name(f"{path.name}.header.json")
    side.write_text(json.dumps(header | fields), encoding="utf-8")
    return path


def _not_put(sent: Sent) -> None:
    """What goes before must not be answered. Raises NotRun."""
    if sent.put():
        raise NotRun("what nobody should answer was answered")


def _without_certificate(office: Office) -> None:
    for number in range(3):
        _not_put(office.send([_ask(number + 1, f"{1847 + 2 * number} Heron Lake Rd")]))


def _same_without_certificate(office: Office) -> None:
    _not_put(office.send([_ask(1)]))


def _withdraw(office: Office, rows: Sequence[Row]) -> None:
    batch = office.receive(office.sign(office.write(rows))).required("receive")["batch"]
    office.at("withdraw", batch, "--officer", office.key("a")).required("withdraw")


def _withdrawn(office: Office) -> None:
    _withdraw(office, [_ask(1)])


def _withdrawn_often(office: Office) -> None:
    for number in range(4):
        _withdraw(office, [_ask(1, f"{1849 + 2 * number} Heron Lake Rd")])


def _withdrawn_determined(office: Office) -> None:
    batch = office.receive(office.sign(office.write([_ask(1)]))).required("receive")["batch"]
    office.at("determine", batch).required("determine")
    office.at("withdraw", batch, "--officer", office.key("a")).required("withdraw")


def _quota(office: Office) -> None:
    _not_put(office.send([_ask(1), *strangers(DAY_QUOTA, 10)]))
    on_day(1)


def _quota_withdrawn(office: Office) -> None:
    _withdraw(office, strangers(DAY_QUOTA, 10))


def _other_agreement(office: Office) -> None:
    _not_put(office.send([_ask(1)], agreement="treasury-dhs-2024"))


def _other_agreement_quota(office: Office) -> None:
    _not_put(office.send(strangers(DAY_QUOTA, 10), agreement="treasury-dhs-2024"))


def _unsigned(office: Office, rows: Sequence[Row], **fields: str) -> None:
    _not_put(office.answer(unsigned(office, rows, **fields)))


def _probes(name: str = "Quintana") -> list[Row]:
    """Six attempts to probe."""
    return [{**row, "given_name": "Ottoline", "family_name": name} for row in strangers(6, 200)]


def _investigation(office: Office) -> None:
    _unsigned(office, [{**strangers(1, 30)[0], "investigation_number": "HSI-2026-0007919"}])


def _officer(office: Office) -> None:
    load = strangers(251, 10, engaged_officers="K1001|Bartholomew Achterberg|Special Agent")
    _unsigned(office, load)


def _reason(office: Office) -> None:
    _unsigned(office, strangers(21, 30, reason=_ask()["reason"]))


def _people(office: Office) -> None:
    _unsigned(office, [{**row, "line1": "1847 Heron Lake Rd"} for row in strangers(11, 30)])


def _wrong_key(office: Office) -> None:
    """Signed by somebody whose key is not the principal's."""
    path = office.sign(office.write([_ask(1)]), principal="dhs-inspector-general")
    side = path.with_name(f"{path.name}.header.jws")
    head, body, sign = side.read_text(encoding="ascii").split(".")
    turned = sign[:10] + ("A" if sign[10] != "A" else "B") + sign[11:]
    side.write_text(f"{head}.{body}.{turned}", encoding="ascii")
    _not_put(office.answer(path))


Before = Callable[[Office], None]
KINDS: Final[dict[str, tuple[str, bool, Before, dict[str, str], str]]] = {
    "not-compared": (
        "the same, for want of a certificate",
        True,
        _same_without_certificate,
        {},
        "required",
    ),
    "withdrawn": ("the same, withdrawn", True, _withdrawn, {}, ""),
    "day-quota": (
        "the same in a file over the day's quota, a day before",
        True,
        _quota,
        _SMALL,
        "",
    ),
    "other-agreement": ("the same, under another agreement", True, _other_agreement, {}, ""),
    "unsigned": (
        "the same, in an unsigned file",
        True,
        lambda office: _unsigned(office, [_ask(1)]),
        {},
        "",
    ),
    "unsigned-quota": (
        "an unsigned file of the day's quota",
        True,
        lambda office: _unsigned(office, strangers(DAY_QUOTA, 10)),
        _SMALL,
        "",
    ),
    "not-compared-homes": (
        "three homes of the person, for want of a certificate",
        False,
        _without_certificate,
        {},
        "required",
    ),
    "withdrawn-homes": ("four homes of the person, withdrawn", False, _withdrawn_often, {}, ""),
    "withdrawn-quota": ("a withdrawn file of the day's quota", False, _quota_withdrawn, _SMALL, ""),
    "other-agreement-quota": (
        "a file of the day's quota, of another agreement",
        False,
        _other_agreement_quota,
        _SMALL,
        "",
    ),
    "unsigned-homes": (
        "four homes of the person, unsigned",
        False,
        lambda office: _unsigned(
            office, [_ask(n, f"{1849 + 2 * n} Heron Lake Rd") for n in range(1, 5)]
        ),
        {},
        "",
    ),
    "unsigned-people": ("eleven people at the home, unsigned", False, _people, {}, ""),
    "unsigned-probes": (
        "six attempts to probe, unsigned: a lockout",
        False,
        lambda office: _unsigned(office, _probes()),
        {},
        "",
    ),
    "unsigned-officer": ("251 requests of the officer, unsigned", False, _officer, {}, ""),
    "unsigned-reason": ("21 requests of the reason, unsigned", False, _reason, {}, ""),
    "unsigned-investigation": (
        "another under the investigation, unsigned",
        False,
        _investigation,
        {},
        "",
    ),
    "unsigned-stranger": (
        "the same, of a principal whom nobody knows, unsigned",
        False,
        lambda office: _unsigned(office, [_ask(1)], principal="somebody"),
        {},
        "",
    ),
    "unsigned-requester": (
        "the same, of another requester, unsigned",
        False,
        lambda office: _unsigned(office, [_ask(1)], requester="other"),
        {},
        "",
    ),
    "wrong-signature": (
        "the same, with a signature that does not verify",
        False,
        _wrong_key,
        {},
        "",
    ),
}
"""What went before; whether reported; how; numbers of the agreement; what it says of
certificates."""


def _attack(name: str, folder: Path) -> dict[str, Outcome]:
    _, _, before, limits, certificate = KINDS[name]
    office = make_office(folder, SOURCE, limits=limits, certificate=certificate or "not_required")
    before(office)
    sent = office.send([_ask(99)])
    if sent.answer("q99") in _ADMITTED:
        return {name: stopped("admitted")}
    return {name: succeeded(f"the honest question is refused: {sent.code('q99')}")}


def _honest(folder: Path) -> dict[str, Outcome]:
    """The honest question alone; and the same after it was refused on the merits."""
    office = make_office(folder / "alone", SOURCE, limits=_SMALL)
    alone = office.send([_ask(99)])
    again = office.send([_ask(98)])
    other = make_office(folder / "other", SOURCE)
    other.send([_ask(n, use_certified="") for n in range(1, 5)])
    counted = other.send([_ask(99)])
    decided = make_office(folder / "decided", SOURCE)
    _withdrawn_determined(decided)
    final = decided.send([_ask(99)])
    return {
        "honest": Outcome(ANSWERED if alone.put() else DENIED, alone.answer("q99")),
        "answered-twice": Outcome(DENIED if again.put() else ANSWERED, again.code("q98")),
        "determined-counts": Outcome(DENIED if final.put() else ANSWERED, final.code("q99")),
        "refused-counts": Outcome(DENIED if counted.put() else ANSWERED, counted.code("q99")),
    }


GROUPS: Final = (
    *(
        Group(
            f"spent-{name}",
            (Attack("gate-7", name, f"the honest question after: {what}", listed),),
            partial(_attack, name),
            quick=name in {"withdrawn", "unsigned"},
        )
        for name, (what, listed, *_) in KINDS.items()
    ),
    Group(
        "spent-honest",
        (
            Attack("gate-7", "honest", "the honest question, nothing before", control=True),
            Attack("gate-7", "answered-twice", "one that was answered is refused", control=True),
            Attack(
                "gate-7", "determined-counts", "determined, then withdrawn: it counts", control=True
            ),
            Attack(
                "gate-7",
                "refused-counts",
                "after four refusals on the merits it is refused",
                control=True,
            ),
        ),
        _honest,
    ),
)
