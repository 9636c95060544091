"""The weights of one decision: levels, doors and thresholds whole, of the name counts only those
that it can look up.

They are re-keyed under a fresh salt: who holds them can reckon this decision again, and can ask
about no other name of the register.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from counterfoil.core.values import NameForm
from counterfoil.matching.weights import Weights, name_key

_OTHERS: Final = {"-": 0}
"""Stands for the names that are left out: a register that counts names is not one that counts
none."""


def reduce_weights(weights: Weights, names: Iterable[NameForm], salt: str) -> Weights:
    """The weights that decide between these names as `weights` do. `salt` is 32 random hex
    digits."""
    words = {
        word
        for name in names
        for part in (name.given, name.middle, name.family)
        for word in (*part, "".join(part))
    }
    return msgspec.structs.replace(
        weights,
        salt=salt,
        given=_rekeyed(weights.given, weights.salt, words, salt),
        family=_rekeyed(weights.family, weights.salt, words, salt),
    )


def _rekeyed(held: dict[str, int], salt: str, words: set[str], fresh: str) -> dict[str, int]:
    if not held:
        return {}
    found = {
        name_key(fresh, word): held[key] for word in words if (key := name_key(salt, word)) in held
    }
    return _OTHERS | found
