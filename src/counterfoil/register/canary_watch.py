"""Which candidates may stand: every row of the source is held against them while it is read
(canaries.py, 1 to 4).

Memory: about 15 keys for each candidate. Nothing of a row is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from typing import Final

from counterfoil.core.values import AddressForm
from counterfoil.register.bucket import TAG_BYTES
from counterfoil.register.canaries import Canary
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.leading import Leading

_MOST_DIGITS: Final = 5
"""Of a canary's house number."""


class Watch:
    """Candidates, and which of them a row spoke against. Without candidates it costs nothing."""

    def __init__(
        self, candidates: Iterable[Canary] = (), custodian: KeyCustodian | None = None
    ) -> None:
        self._candidates: list[tuple[Canary, bytes, bytes]] = []
        self._keys: dict[object, list[int]] = {}
        self._met: set[int] = set()
        if custodian is not None:
            for canary in candidates:
                self._add(canary, custodian)

    def __bool__(self) -> bool:
        return bool(self._candidates)

    def saw_reference(self, reference: str) -> None:
        """A row has this record reference."""
        self._meet(("reference", reference))

    def saw_place(self, form: AddressForm, tag: bytes, leading: Leading) -> None:
        """A row stands at this address, whose exact door has this tag."""
        for door in (tag, *leading.streets, leading.place):
            self._meet(door[:TAG_BYTES])
        self._meet((form.number, _line(form)))
        for near in _near(form):
            self._meet(near)

    def standing(self, wanted: int) -> list[tuple[Canary, bytes, bytes]]:
        """At most `wanted` of those that nothing spoke against, at different streets first, each
        with tag and key of its exact door, in order of tag."""
        unspoken = [held for index, held in enumerate(self._candidates) if index not in self._met]
        before: Counter[tuple[object, ...]] = Counter()
        turns: list[tuple[int, int]] = []
        for index, (canary, _, _) in enumerate(unspoken):
            street = (_line(canary.form), canary.form.zip5)
            turns.append((before[street], index))
            before[street] += 1
        return sorted((unspoken[index] for _, index in sorted(turns)[:wanted]), key=itemgetter(1))

    def _add(self, canary: Canary, custodian: KeyCustodian) -> None:
        doors = custodian.derive(canary.doors)
        form, line = canary.form, _line(canary.form)
        own: list[object] = [tag for _, tag, _ in doors]
        own += [("reference", canary.resident.record_ref), (form.number, line)]
        if any(key in self._keys for key in own):
            return
        for key in (*own, *_near(form)):
            self._keys.setdefault(key, []).append(len(self._candidates))
        self._candidates.append((canary, doors[0][1], doors[0][2]))

    def _meet(self, key: object) -> None:
        found = self._keys.get(key)
        if found:
            self._met.update(found)


def _near(form: AddressForm) -> list[object]:
    """Keys that two numbers on one street of a ZIP share if at most one digit tells them apart:
    each digit left out in turn."""
    number, line = form.number, _line(form)
    if len(number) > _MOST_DIGITS:
        return []
    return [(f"{number[:at]}?{number[at + 1 :]}", line, form.zip5) for at in range(len(number))]


def _line(form: AddressForm) -> tuple[str, str, str, str]:
    return form.predirectional, form.street, form.suffix, form.postdirectional
