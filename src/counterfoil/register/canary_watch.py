"""Which candidates for canaries the rows of a source leave (canaries.py, rules 1 to 4).

It keeps about 15 keys in memory for each candidate and nothing of any row. Without candidates it
costs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from counterfoil import normalize
from counterfoil.core.values import AddressForm
from counterfoil.register.canaries import Canary

_MOST_DIGITS: Final = 5
"""Of a canary's house number."""


class CanaryWatch:
    """Candidates for canaries, and which of them a row excludes.

    excluded: their places among the candidates, in the order in which they were given."""

    def __init__(self, candidates: Iterable[Canary] = ()) -> None:
        self._candidates: list[Canary] = []
        self._keys: dict[object, list[int]] = {}
        self.excluded: set[int] = set()
        for canary in candidates:
            self._add(canary)

    def __bool__(self) -> bool:
        return bool(self._candidates)

    def saw_reference(self, reference: str) -> None:
        """A row has this record reference."""
        self._exclude(("reference", reference))

    def saw_place(self, form: AddressForm) -> None:
        """A row has this address."""
        for key in normalize.address_keys(form):
            self._exclude(key.key)
        self._exclude((form.number, _line(form)))
        for near in _near(form):
            self._exclude(near)

    def choose(self, wanted: int) -> list[Canary]:
        """At most `wanted` candidates that no row excludes, on different streets first."""
        left = [row for index, row in enumerate(self._candidates) if index not in self.excluded]
        before: Counter[tuple[object, ...]] = Counter()
        turns: list[tuple[int, int]] = []
        for index, canary in enumerate(left):
            street = (_line(canary.form), canary.form.zip5)
            turns.append((before[street], index))
            before[street] += 1
        return [left[index] for _, index in sorted(turns)[:wanted]]

    def _add(self, canary: Canary) -> None:
        form, line = canary.form, _line(canary.form)
        own: list[object] = [key.key for key in canary.keys]
        own += [("reference", canary.resident.record_ref), (form.number, line)]
        if any(key in self._keys for key in own):
            return
        for key in (*own, *_near(form)):
            self._keys.setdefault(key, []).append(len(self._candidates))
        self._candidates.append(canary)

    def _exclude(self, key: object) -> None:
        found = self._keys.get(key)
        if found:
            self.excluded.update(found)


def _near(form: AddressForm) -> list[object]:
    """Keys that two numbers on one street of a ZIP share if they differ in at most one digit:
    each digit left out in turn."""
    number, line = form.number, _line(form)
    if len(number) > _MOST_DIGITS:
        return []
    return [(f"{number[:at]}?{number[at + 1 :]}", line, form.zip5) for at in range(len(number))]


def _line(form: AddressForm) -> tuple[str, str, str, str]:
    return form.predirectional, form.street, form.suffix, form.postdirectional
