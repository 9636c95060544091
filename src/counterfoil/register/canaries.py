"""Canaries: made-up people at made-up addresses, sealed among the holder's rows. Nobody has a
truthful reason to ask about one.

    who     the given names of one source row, the family names of another, and a date of birth as a
            third has one; the hash of a random tax number where that row has a number; a reference
            of the shape of the first row's; the periods that the sampled rows have
    where   street, city, state and ZIP of a source row, no unit, and a house number of the same
            length (three digits at least)

What is true of each canary, against every row of the source (`CanaryWatch` in loading.py compares
them while the rows are read):

    1  No address key of the canary, exact or tolerant, is a key of a row.
    2  No row has its house number on a street of its name, suffix and directionals, in any city.
    3  No row in its ZIP has a house number on that street that differs from it by one digit.
    4  No row has its reference, and no other canary has its number and street.

Only the exact bucket of a canary is sealed: no tolerant key leads to it. So a question reaches one
only by naming its address, and then (1 and 2) it reaches nobody else. What is determined of any
other question is the same with and without canaries. They teach the weights nothing, make no place
known, and are in none of the manifest's counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import exp, floor, log
from typing import Final

from msgspec.structs import replace

from counterfoil import normalize
from counterfoil.core.values import (
    Address,
    AddressForm,
    AddressKey,
    AddressKind,
    Person,
    Resident,
    Sensitive,
)
from counterfoil.register.rows import SourceRow, read_row
from counterfoil.register.source import Batch

TRIES: Final = 2
"""Numbers that are tried on each street."""
SAMPLED: Final = 4
"""Source rows that are sampled for each canary wanted."""
_LEAST_DIGITS: Final = 3


class Canary(Sensitive, frozen=True, gc=False):
    """One candidate: who, the address as somebody would write it, its form, and its address
    keys, exact first."""

    resident: Resident
    address: Address
    form: AddressForm
    keys: tuple[AddressKey, ...]

    @property
    def counted(self) -> str:
        """The text by which questions at the address are counted."""
        return normalize.counted_address(self.form)


class Draws:
    """Random numbers from a seed of 32 bytes, as many as are asked for."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._count = 0

    def take(self, size: int) -> bytes:
        """`size` bytes, at most 64."""
        self._count += 1
        return hashlib.blake2b(
            self._count.to_bytes(8, "big"), key=self._seed, digest_size=size
        ).digest()

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        return int.from_bytes(self.take(16), "big") % count

    def share(self) -> float:
        """A number above 0 and at most 1."""
        return (self.below(1 << 53) + 1) / (1 << 53)


def sample(batches: Iterator[Batch], wanted: int, draws: Draws) -> list[Sequence[str]]:
    """`SAMPLED` source rows for each canary wanted, evenly from all of the source (Li 1994,
    algorithm L), in random order."""
    rows = (row for batch in batches for row in batch.rows)
    chosen = list(islice(rows, SAMPLED * wanted))
    weight = 1.0
    while True:
        weight *= exp(log(draws.share()) / len(chosen)) if chosen else 1.0
        skipped = floor(log(draws.share()) / log(1 - weight)) if 0 < weight < 1 else 0
        row = next(islice(rows, skipped, None), None)
        if row is None:
            return [chosen.pop(draws.below(len(chosen))) for _ in range(len(chosen))]
        chosen[draws.below(len(chosen))] = row


def candidates(
    sampled: list[Sequence[str]], tin_hash: Callable[[str], bytes], draws: Draws
) -> Iterator[Canary]:
    """Possible canaries: up to TRIES for each sampled row with a street. Names and places
    come from different rows."""
    read = [row for fields in sampled if isinstance(row := read_row(fields, tin_hash), SourceRow)]
    named = [row for row in read if row.resident.name.given and row.resident.name.family]
    periods = tuple(sorted({row.period for row in read}))
    for at, row in enumerate(read):
        form = normalize.normalize_address(row.address)
        donors = [named[(at + turn) % len(named)] for turn in (1, 2, 3)] if named else []
        if (
            not donors
            or form.kind is not AddressKind.STREET
            or donors[0].resident.name.family == donors[1].resident.name.family
        ):
            continue
        for _ in range(TRIES):
            placed = _placed(form, row.address, draws)
            if placed is not None:
                yield Canary(_resident(donors, periods, draws), *placed)


def _placed(
    form: AddressForm, near: Address, draws: Draws
) -> tuple[Address, AddressForm, tuple[AddressKey, ...]] | None:
    """An address in the street of `form` with another number; None where it does not read back as
    that."""
    number = _number(len(form.number), draws)
    line = " ".join(
        filter(None, (number, form.predirectional, form.street, form.suffix, form.postdirectional))
    )
    address = Address(line, "", near.city, near.state, near.zip)
    made = normalize.normalize_address(address)
    is_that = made == replace(form, number=number, unit="", urbanization="")
    if (
        not is_that
        or normalize.incomplete_part(made) is not None
        or normalize.is_placeholder(address, made)
    ):
        return None
    return address, made, normalize.address_keys(made)


def _number(digits: int, draws: Draws) -> str:
    least = 10 ** (max(_LEAST_DIGITS, min(digits, 5)) - 1)
    return str(least + draws.below(9 * least))


def _resident(donors: list[SourceRow], periods: tuple[int, ...], draws: Draws) -> Resident:
    first, second, third = (donor.resident for donor in donors)
    name = normalize.normalize_name(
        Person(" ".join(first.name.given), "", " ".join(second.name.family))
    )
    number = draws.take(16) if third.tin_hash else b""
    return Resident(name, third.date_of_birth, number, _shaped(first.record_ref, draws), periods)


def _shaped(reference: str, draws: Draws) -> str:
    """Another reference of the same shape: a digit for a digit, a letter for a letter."""
    kinds = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(
        next((kind[draws.below(len(kind))] for kind in kinds if character in kind), character)
        for character in reference
    )
