"""What an attack is, and what can come of it.

    succeeded   the attacker has what the agreement denies; `detail` says how much
    stopped     `detail` is the code that stopped it: of an element of the law, of a fault,
                `not_confirmed` where the request was decided and the matcher did not confirm it,
                or `admitted` where the attack is a denial and the honest question was admitted
    broken      it could not be carried out, or a fault of the program ended it where that is not
                the attack: it shows nothing, and is never counted as stopped
    answered    a control: the honest request of the same shape was answered as it should be
    denied      a control that was not: an attack beside it may be stopped because everything is

Attacks that share an office stand in one group, which runs them together. A group that raises
breaks all of its attacks, and an attack of which a group says nothing is broken too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUCCEEDED: Final = "succeeded"
STOPPED: Final = "stopped"
BROKEN: Final = "broken"
ANSWERED: Final = "answered"
DENIED: Final = "denied"
VERDICTS: Final = (SUCCEEDED, STOPPED, BROKEN, ANSWERED, DENIED)
BAD: Final = frozenset({SUCCEEDED, BROKEN, DENIED})
"""What a tree must not show."""


@dataclass(frozen=True)
class Outcome:
    """What came of one attack: one of `VERDICTS`, and a code or a few words."""

    verdict: str
    detail: str = ""

    def __str__(self) -> str:
        if self.verdict == STOPPED:
            return f"stopped by `{self.detail}`"
        return f"{self.verdict}: {self.detail}" if self.detail else self.verdict


@dataclass(frozen=True)
class Attack:
    """One attack, or a control. `item` is what it belongs to (`gate-1`), `name` is unique within
    it.

    `listed`: it is one that was reported; the others are its neighbors. `what` is one sentence.
    """

    item: str
    name: str
    what: str
    listed: bool = False
    control: bool = False

    @property
    def id(self) -> str:
        """`item/name`."""
        return f"{self.item}/{self.name}"


Run = Callable[[Path], Mapping[str, Outcome]]
"""Runs the attacks of a group in an empty folder of its own; outcomes by the name of the attack."""


@dataclass(frozen=True)
class Group:
    """Attacks that are run together. `quick`: it ends in a few seconds."""

    name: str
    attacks: tuple[Attack, ...]
    run: Run
    quick: bool = False


class NotRun(Exception):
    """An attack could not be carried out: an interface is not as expected, or a step before it
    failed. Its text is for the table."""


def succeeded(detail: str = "") -> Outcome:
    """The attacker has what the agreement denies."""
    return Outcome(SUCCEEDED, detail)


def stopped(code: str) -> Outcome:
    """Stopped by this code. Raises NotRun where there is none."""
    if not code:
        raise NotRun("stopped, but no code says by what")
    return Outcome(STOPPED, code)


def outcomes(group: Group, folder: Path) -> dict[str, Outcome]:
    """Run a group: an outcome for each of its attacks, by id, whatever happens."""
    try:
        found = dict(group.run(folder))
    except Exception as fault:  # noqa: BLE001 - whatever ends a group breaks its attacks
        text = f": {fault}" if isinstance(fault, NotRun) else ""
        return {each.id: Outcome(BROKEN, type(fault).__name__ + text) for each in group.attacks}
    return {each.id: _checked(each, found.get(each.name)) for each in group.attacks}


def _checked(attack: Attack, outcome: Outcome | None) -> Outcome:
    """The outcome, or `broken` where there is none or where it is of the other kind."""
    if outcome is None:
        return Outcome(BROKEN, "no outcome")
    of_control = outcome.verdict in (ANSWERED, DENIED)
    if outcome.verdict not in VERDICTS or (
        outcome.verdict != BROKEN and of_control is not attack.control
    ):
        return Outcome(BROKEN, f"the outcome {outcome.verdict} is of another kind of attack")
    return outcome


def several(attacks: Iterable[Attack], item: str) -> list[Attack]:
    """The attacks of one item."""
    return [each for each in attacks if each.item == item]
