"""A route as data: `law/routes/ID.yaml`, format `counterfoil-route-1`. A route is one legal door.

Agreements name a route, so two agreements of one route demand the same elements, facts and address
rules, whoever the parties are. `statutes` are the statute files whose elements the route demands, in
order; `elements` (same fields as in a statute) are those that come from the agreement itself. `rules`
are the words and numbers that the checks read; docs/formats/law.md explains each. No list may be empty.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from counterfoil.gate.lawfile import Count, Identifier, Text
from counterfoil.gate.statute import Element
from counterfoil.model import Public

Texts = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
TwoDigits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}(-[0-9]{2})?$")]
Groups = Annotated[tuple[TwoDigits, ...], msgspec.Meta(min_length=1)]


class Closed(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """Base of the parts of a law file: a field that the schema does not know refuses."""


class Office(Closed, frozen=True, gc=False):
    """A class of official whom the statute lets ask."""

    id: Identifier
    title: Text


class PeriodRules(Closed, frozen=True, gc=False):
    """`most_years`: years in one request; `range_years`: years in one range; `earliest_year`: none before it."""

    earliest_year: Count
    range_years: Count
    most_years: Count


class PhraseScreen(Closed, frozen=True, gc=False):
    """Phrases that a reason must not hold, and the citation of the door that such a purpose would need."""

    citation: Text
    phrases: Texts


class ReasonRules(Closed, frozen=True, gc=False):
    """What makes a reason specific, and three screens."""

    least_words: Count
    least_letters: Count
    general_phrases: Texts
    locating: PhraseScreen
    civil: PhraseScreen
    other_purpose: PhraseScreen


class IdentifierRules(Closed, frozen=True, gc=False):
    """Length in characters of an order's or investigation's number."""

    least_characters: Count
    most_characters: Count


class OfficerRules(Closed, frozen=True, gc=False):
    """`group_words`: a name holding one is a group's; `group_names`: so is a name that equals one."""

    group_words: Texts
    group_names: Texts


class RemovalRules(Closed, frozen=True, gc=False):
    """`written_as`: ways to cite 8 USC 1227(a); `classes`: its paragraphs; `departure_days`: days to have passed."""

    written_as: Texts
    classes: Texts
    departure_days: Count


class TinRules(Closed, frozen=True, gc=False):
    """Fourth and fifth digits, of numbers that begin with 9, by kind. `made_up` are free for made-up people."""

    itin_groups: Groups
    atin_groups: Groups
    made_up_groups: Groups


class Rules(Closed, frozen=True, gc=False):
    """The words and numbers that the checks of this route read."""

    offices: Annotated[tuple[Office, ...], msgspec.Meta(min_length=1)]
    placeholder_entries: Texts
    custodial_words: Texts
    nothing_stated: Texts
    periods: PeriodRules
    reason: ReasonRules
    identifiers: IdentifierRules
    officers: OfficerRules
    removal: RemovalRules
    tin: TinRules


class Route(Closed, frozen=True, gc=False):
    """One route file. See the module."""

    format: Literal["counterfoil-route-1"]
    id: Identifier
    title: Text
    statutes: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    rules: Rules
