"""The weights of one register: what each level of evidence is worth, in bits, and how rare names
are.

A snapshot's manifest carries them, so everything is whole numbers (hundredths of a bit) and no name
stands in clear:

    {"format": "counterfoil/weights/v1", "salt": "<32 hex>", "threshold": 700, "margin": 300,
     "levels":   {"given.near": 250, "dob.differs": -6000, ...},      every level of table.LEVELS,
                 no other
     "doors":    {"exact": 0, "affix": -200, ..., "*": -300},         cost by tolerance; "*" for any
                 other
     "given":    {"9c1185a5c5e9fc54": 612, ...},                      rarity by key of the given
                 name, -100 log2 share
     "family":   {"4bc1a7d3f0e2b611": 702, ...},
     "pairs": {"same_person": 6120, "co_residents": 9011}}            how much was counted

The key of a name is the first 8 bytes, in hex, of SHA-256 over salt, a zero byte and the name. A
manifest leaves `salt` empty: it comes from the key custodian of the register key, so that who has
the manifest alone cannot ask whether a name is in it. Names that fewer than three residents (family
names: homes) bear are not in it. Another format, level or type is refused (P10).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

import msgspec

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Public
from counterfoil.matching.table import (
    DOORS,
    LEAST_MARGIN,
    LEAST_THRESHOLD,
    LEVELS,
    MARGIN,
    THRESHOLD,
)

FORMAT: Final = "counterfoil/weights/v1"
UNIT: Final = 100
"""Hundredths of a bit in a bit."""


class Weights(Public, frozen=True, gc=False, kw_only=True):
    """All that `decide` needs to know beside grant and residents. Levels, doors and rarities in
    hundredths of a bit."""

    levels: dict[str, int]
    doors: dict[str, int]
    given: dict[str, int]
    family: dict[str, int]
    salt: str
    threshold_bits: float
    margin_bits: float
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
        doors=dict(DOORS),
        given={},
        family={},
        salt="",
        threshold_bits=THRESHOLD / UNIT,
        margin_bits=MARGIN / UNIT,
    )


def weights_to_dict(weights: Weights) -> dict[str, object]:
    """The canonical form: strings and whole numbers only, so that `canon.encode` takes it."""
    return {
        "format": FORMAT,
        "salt": weights.salt,
        "threshold": round(weights.threshold_bits * UNIT),
        "margin": round(weights.margin_bits * UNIT),
        "levels": dict(weights.levels),
        "doors": dict(weights.doors),
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
    if read.format != FORMAT:
        raise _unusable("The weights are of another format version.")
    if read.levels.keys() != LEVELS.keys() or "*" not in read.doors or read.doors.get("exact") != 0:
        raise _unusable(
            "The weights do not name exactly the levels and doors of the evidence table."
        )
    if any(read.levels[name] != level.default for name, level in LEVELS.items() if level.fatal):
        raise _unusable("The weights soften a contradiction.")
    if (
        max(read.doors.values()) > 0
        or read.threshold < LEAST_THRESHOLD
        or read.margin < LEAST_MARGIN
    ):
        raise _unusable(
            "The weights reward a tolerant door, or their threshold or margin is below the "
            "least allowed."
        )
    return Weights(
        levels=read.levels,
        doors=read.doors,
        given=read.given,
        family=read.family,
        salt=read.salt,
        threshold_bits=read.threshold / UNIT,
        margin_bits=read.margin / UNIT,
        same_person_pairs=read.pairs.get("same_person", 0),
        co_resident_pairs=read.pairs.get("co_residents", 0),
    )


def _unusable(message: str) -> InputFault:
    return InputFault(
        "weights_unusable",
        message,
        place="manifest: weights",
        cure="Build the register again with this version.",
    )


@lru_cache(maxsize=65536)
def name_key(salt: str, name: str) -> str:
    """The key under which `name` stands in `Weights.given` and `Weights.family`."""
    return hashlib.sha256(f"{salt}\x00{name}".encode()).hexdigest()[:16]
