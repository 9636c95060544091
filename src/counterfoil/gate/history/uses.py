"""The counts of one question: what the checks compare with the agreement's limits."""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Sensitive


class Uses(Sensitive, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """The counts of one question, its file and the past together, itself included.

    `attempts`: requests about the person; `addresses`: different addresses asked for the person;
    `people`: different people asked at the address; `contents`: requests that are the same;
    `born_addresses`: different addresses asked for the date of birth and given name; `reasons`,
    `similar`: requests with the reason, and with a similar one; `investigated`: people under the
    investigation; `dates`, `numbers`, `years`: different dates of birth, tax numbers and sets of
    taxable years stated for the person at the home, none being one of them. Stored (snapshot.py)
    in this order: new counts come last.
    """

    attempts: int = 1
    addresses: int = 1
    people: int = 1
    contents: int = 1
    born_addresses: int = 1
    reasons: int = 1
    similar: int = 1
    investigated: int = 1
    dates: int = 1
    numbers: int = 1
    years: int = 1


ONCE: Final = Uses()
"""The counts of a question that nothing else is like."""
