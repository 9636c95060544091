"""The weights of one register: what each level of evidence is worth, in bits, and how rare names
are.

A snapshot's manifest carries them, so everything is whole numbers (hundredths of a bit) and no name
is in clear:

    {"format": "counterfoil/weights/v1", "salt": "<32 hex>", "threshold": 700, "margin": 300,
     "levels":   {"given.near": 250, "dob.differs": -6000, ...},
     "doors":    {"exact": 0, "affix": -200, ..., "*": -300},
     "given":    {"9c1185a5c5e9fc54": 612, ...},
     "family":   {"4bc1a7d3f0e2b611": 702, ...},
     "pairs":    {"same_person": 6120, "co_residents": 9011}}

    levels          every level of table.LEVELS, no other; weights of before match-5 lack those that
                    came with it, and are read with the table's
    doors           cost by tolerance; "*" for any other
    given, family   rarity by key of the name, -100 log2 of its share
    pairs           how much was counted

The key of a name is the first 8 bytes, in hex, of SHA-256 over salt, a zero byte and the name. A
manifest leaves `salt` empty: it comes from the key custodian of the register key, so that who has
the manifest alone cannot ask whether a name is in it. Names that fewer than three residents (family
names: homes) bear are not in it. Another format, level or type is refused (P10).

`reduce_weights` gives the weights of one decision: levels, tolerances and thresholds whole, of the
name counts only those that the decision can look up, under a fresh salt. Whoever has them can make
this decision again, and can ask about no other name of the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

from counterfoil.core.errors import InputFault
from counterfoil.core.values import NameForm, Public
from counterfoil.matching.table import (
    BY_FIRST_WORDS,
    LATER_LEVELS,
    LEAST_MARGIN,
    LEAST_THRESHOLD,
    LEVELS,
    MARGIN,
    MATCH_VERSION,
    THRESHOLD,
    TOLERANCES,
)

FORMAT: Final = "counterfoil/weights/v1"
UNIT: Final = 100
"""Hundredths of a bit in a bit."""
_OTHERS: Final = {"-": 0}
"""Is there for the names that are left out: a register that counts names is not one that counts
none."""


class Weights(Public, frozen=True, gc=False, kw_only=True):
    """All that `decide` needs to know beside grant and residents. Levels, costs of tolerances and
    rarities are in hundredths of a bit. `version` is that of the rules that decide, and no part of
    the form."""

    levels: dict[str, int]
    tolerances: dict[str, int]
    given: dict[str, int]
    family: dict[str, int]
    salt: str
    threshold_bits: float
    margin_bits: float
    version: str = MATCH_VERSION
    same_person_pairs: int = 0
    co_resident_pairs: int = 0


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    salt: str
    threshold: int
    margin: int
    levels: dict[str, int]
    doors: dict[str, int]
    given: dict[str, int]
    family: dict[str, int]
    pairs: dict[str, int]


def default_weights() -> Weights:
    """The table's own weights: for a register too small to learn from. Names have no
    frequencies."""
    return Weights(
        levels={name: level.default for name, level in LEVELS.items()},
        tolerances=dict(TOLERANCES),
        given={},
        family={},
        salt="",
        threshold_bits=THRESHOLD / UNIT,
        margin_bits=MARGIN / UNIT,
    )


def weights_to_dict(weights: Weights) -> dict[str, object]:
    """The canonical form: strings and whole numbers only, so that `canonical.encode` takes it. By
    the rules of before match-5 it has the levels of before."""
    later = LATER_LEVELS if weights.version in BY_FIRST_WORDS else frozenset[str]()
    return {
        "format": FORMAT,
        "salt": weights.salt,
        "threshold": round(weights.threshold_bits * UNIT),
        "margin": round(weights.margin_bits * UNIT),
        "levels": {name: bits for name, bits in weights.levels.items() if name not in later},
        "doors": dict(weights.tolerances),
        "given": dict(weights.given),
        "family": dict(weights.family),
        "pairs": {
            "same_person": weights.same_person_pairs,
            "co_residents": weights.co_resident_pairs,
        },
    }


def weights_from_dict(form: object) -> Weights:
    """Inverse of `weights_to_dict`. Raises InputFault `weights_unusable` for any other shape, level
    or version."""
    try:
        read = msgspec.convert(form, _Form)
    except msgspec.ValidationError as error:
        raise _unusable("The weights are not of the form that is documented.") from error
    if fault := _fault(read):
        raise _unusable(fault)
    return Weights(
        levels={name: LEVELS[name].default for name in LATER_LEVELS} | read.levels,
        tolerances=read.doors,
        given=read.given,
        family=read.family,
        salt=read.salt,
        threshold_bits=read.threshold / UNIT,
        margin_bits=read.margin / UNIT,
        same_person_pairs=read.pairs.get("same_person", 0),
        co_resident_pairs=read.pairs.get("co_residents", 0),
    )


def _fault(read: _Form) -> str:
    """What makes weights of the documented shape unusable, "" if nothing does."""
    levels, tolerances = read.levels, read.doors
    if read.format != FORMAT:
        return "The weights are of another format version."
    named = {*levels, *LATER_LEVELS} if LATER_LEVELS.isdisjoint(levels) else {*levels}
    if named != LEVELS.keys() or "*" not in tolerances or tolerances.get("exact") != 0:
        return "The weights do not name exactly the levels and tolerances of the evidence table."
    if any(levels[name] != level.default for name, level in LEVELS.items() if level.fatal):
        return "The weights soften a contradiction."
    is_low = read.threshold < LEAST_THRESHOLD or read.margin < LEAST_MARGIN
    if is_low or max(tolerances.values()) > 0:
        return (
            "The weights reward a tolerance, or their threshold or margin is below the least "
            "allowed."
        )
    return ""


def _unusable(message: str) -> InputFault:
    return InputFault(
        "weights_unusable",
        message,
        place="manifest: weights",
        cure="Build the register again with this version.",
    )


def reduce_weights(weights: Weights, names: Iterable[NameForm], salt: str) -> Weights:
    """The weights that decide between these names as `weights` do. `salt` is 32 random hex
    digits."""
    parts = [part for name in names for part in (name.given, name.middle, name.family)]
    words = {word for part in parts for word in (*part, "".join(part))}
    keys = {name_key(weights.salt, word): name_key(salt, word) for word in words}
    return msgspec.structs.replace(
        weights,
        salt=salt,
        given=_rekeyed(weights.given, keys),
        family=_rekeyed(weights.family, keys),
    )


def _rekeyed(rarities: dict[str, int], keys: dict[str, str]) -> dict[str, int]:
    """The rarities of the names in `keys`, each under its fresh key."""
    found = {fresh: rarities[key] for key, fresh in keys.items() if key in rarities}
    return _OTHERS | found if rarities else {}


@lru_cache(maxsize=65536)
def name_key(salt: str, name: str) -> str:
    """The key of `name` in `Weights.given` and `Weights.family`."""
    return hashlib.sha256(f"{salt}\x00{name}".encode()).hexdigest()[:16]
