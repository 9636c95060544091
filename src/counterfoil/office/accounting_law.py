"""What the law says of the accounting of disclosures, as data: `data/accounting-law.yaml`, format
`counterfoil-accounting-law-1`.

    route         the route that the row is of
    provision     the provision under which its disclosures are made
    shown_as      how much of the provision a person is shown: where it is less, (i)(1) and (i)(2)
                  look alike, so that an order of a court cannot be inferred
    informs       `always`: a person who asks is shown the line. `on_decision`: only where an
                  officer decided so for the batch, in a signed act
    shows_reason  whether the person is shown the reason as the request gave it, or the statute
                  alone
    citation      where that comes from
    status        `settled`, or `open`: then `readings` has both, and `informs` discloses less
    decides       who may decide which reading holds

`quotes` are words of the Code with their digest, on which accounting and holds rest and no element
of the law does. `small_counts` says the same of small counts in the yearly report. A route that has
no row, such as that of a batch of an older version, has the row that discloses least. The file
comes with the program, because it decides nothing about an answer: the digest of the rules does not
cover it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from counterfoil.core import canonical
from counterfoil.gate.law.route import Closed, Texts
from counterfoil.gate.law.schema import Digest, Identifier, Text, read_law_file, require

_FILE: Final = Path(__file__).parent / "data" / "accounting-law.yaml"
Status = Literal["settled", "open"]


class RouteAccounting(Closed, frozen=True, gc=False):
    """One row. See the module."""

    route: Identifier
    provision: Text
    shown_as: Text
    informs: Literal["always", "on_decision"]
    shows_reason: bool
    citation: Text
    status: Status
    readings: Texts
    decides: Text


class SmallCounts(Closed, frozen=True, gc=False):
    """What may be left out of the yearly report: of the `whole` one, and of the `public` one."""

    citation: Text
    status: Status
    whole: Text
    public: Text
    decides: Text


class Quote(Closed, frozen=True, gc=False):
    """Words of the Code, where they stand, and their SHA-256."""

    citation: Text
    quote: Text
    digest: Digest


class AccountingLaw(Closed, frozen=True, gc=False):
    """The file."""

    format: Literal["counterfoil-accounting-law-1"]
    routes: Annotated[tuple[RouteAccounting, ...], msgspec.Meta(min_length=1)]
    small_counts: SmallCounts
    quotes: Annotated[tuple[Quote, ...], msgspec.Meta(min_length=1)]


UNKNOWN: Final = RouteAccounting(
    route="unknown",
    provision="26 USC 6103",
    shown_as="26 USC 6103",
    informs="on_decision",
    shows_reason=False,
    citation="none: the batch names no route that the table has",
    status="open",
    readings=("The line is exempt.", "The line is not exempt."),
    decides="The holder's disclosure officer, batch by batch, in writing.",
)
"""The row that discloses least."""


@cache
def accounting_law() -> AccountingLaw:
    """The file, read once. Raises SettingsFault as `read_law_file`, and law_quote_digest where a
    quote is not what its digest says."""
    found = read_law_file(_FILE, AccountingLaw)
    for each in found.quotes:
        require(
            canonical.digest(each.quote.encode()) == each.digest,
            "law_quote_digest",
            "the quoted words do not match their digest",
            f"{_FILE.name}: {each.citation}",
            "Compare the words with the US Code and correct the one that differs.",
        )
    return found


def accounting_of_route(route: str) -> RouteAccounting:
    """The row of a route, by the id that its batches name."""
    return next((row for row in accounting_law().routes if row.route == route), UNKNOWN)
