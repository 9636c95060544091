"""Keyed hashes by which requests about one person are found again: for the accounting of
disclosures. Pure.

    person    given and family name as folded words, and date of birth; none without a date
    name      the same without the date
    door      the address as register and gate know it
    number    the nine digits of the tax number

A request is taken to be about a person (`is_about`) if the numbers are the same, or the names with
the dates of birth, or the names with the addresses. A name alone is not enough: a namesake's
accounting is nobody else's. 0 means that it is absent, and matches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from counterfoil.core.values import Address, AddressForm, Person, Sensitive
from counterfoil.gate.history.keyed_hash import ABSENT, prepare_column
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.folding import fold_entry, fold_words
from counterfoil.normalize import counted_address, normalize_address

OTHER_STATUTE: Final = "none that the agreement designates"
_NUMBER_DIGITS: Final = 9
_HASH_BYTES: Final = 8


class Traces(Sensitive, frozen=True, gc=False, array_like=True):
    """See the module."""

    person: int = 0
    name: int = 0
    door: int = 0
    number: int = 0


def traces_of(key: bytes, person: Person, address: Address) -> Traces:
    """The traces of a request, or of the person who asks. Never raises on any text."""
    return traces_from_text(traces_text_of(key, person, address))


def traces_text_of(key: bytes, person: Person, address: Address | AddressForm) -> str:
    """`traces_text` of the traces of a request. `address`: its form, where that is known."""
    return traces_texts(key, [(person, address)])[0]


def traces_texts(key: bytes, asked: Sequence[tuple[Person, Address | AddressForm]]) -> list[str]:
    """`traces_text_of` for many requests at once, at two thirds of its cost."""
    texts = [
        _texts(person, normalize_address(address) if isinstance(address, Address) else address)
        for person, address in asked
    ]
    columns = [
        _hash_present(hashed, column)
        for hashed, column in zip(_hashers(key), zip(*texts, strict=True), strict=False)
    ]
    return [b"".join(hashes).hex() for hashes in zip(*columns, strict=True)]


def _hash_present(
    hashed: Callable[[Iterable[str]], list[bytes]], texts: Sequence[str]
) -> list[bytes]:
    """The hash of each text; of an empty one, what stands for what is absent."""
    hashes = iter(hashed(filter(None, texts)))
    return [next(hashes) if text else ABSENT for text in texts]


def _texts(person: Person, address: AddressForm) -> tuple[str, str, str, str]:
    """What is hashed of person, name, door and number."""
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    name = f"{given}|{family}" if given and family else ""
    dated = f"{name}|{person.date_of_birth}" if name and person.date_of_birth else ""
    digits = person.tin.replace("-", "").replace(" ", "")
    number = (
        digits if len(digits) == _NUMBER_DIGITS and digits.isascii() and digits.isdigit() else ""
    )
    return dated, name, counted_address(address), number


def traces_text(traces: Traces) -> str:
    """The traces as 64 hex digits, 16 of each. Inverse of `traces_from_text`."""
    parts = (traces.person, traces.name, traces.door, traces.number)
    return "".join(part.to_bytes(_HASH_BYTES, "big", signed=True).hex() for part in parts)


def traces_from_text(text: str) -> Traces:
    """The traces of their text. Raises ValueError for any other text."""
    data = bytes.fromhex(text)
    if len(data) != _HASH_BYTES * len(Traces.__struct_fields__):
        raise ValueError("traces are 64 hex digits")
    parts = (data[at : at + _HASH_BYTES] for at in range(0, len(data), _HASH_BYTES))
    return Traces(*(int.from_bytes(part, "big", signed=True) for part in parts))


def is_about(asked: Traces, one: Traces) -> str:
    """By what a request is about the person who asks: "number", "name and date of birth", "name and
    address", or ""."""
    if asked.number and asked.number == one.number:
        return "number"
    if asked.person and asked.person == one.person:
        return "name and date of birth"
    same_home = asked.door and asked.door == one.door
    return "name and address" if asked.name and asked.name == one.name and same_home else ""


def statute_of(written: str, agreement: Agreement) -> str:
    """The agreement's own citation of the statute that a request wrote, or that it designates none
    of that text."""
    folded = fold_entry(written)
    for each in agreement.designated:
        if folded in map(fold_entry, (each.citation, *each.written_as)):
            return each.citation
    return OTHER_STATUTE


@lru_cache(1)
def _hashers(key: bytes) -> tuple[Callable[[Iterable[str]], list[bytes]], ...]:
    """The hash functions of columns of person, name, door and number. An office has one key."""
    kinds = (b"account person", b"account name", b"account door", b"account number")
    return tuple(prepare_column(key, kind) for kind in kinds)
