"""A route as data: `law/routes/ID.yaml`, format `counterfoil-route-1`. A route is one legal way to
ask.

Agreements name their routes, so two agreements of one route demand the same elements, facts and
address rules, whoever the parties are. `statutes` are the statute files whose elements the route
demands, in order; `elements` (same fields as in a statute) are those that the route adds. `common`
names the file `law/common/ID.yaml`, format `counterfoil-common-6`, of what all routes share:
further elements, after the route's own, and words and numbers that the checks read. `kind` says
which checks the route must have (demands.py). docs/formats/law.md explains each field. No list may
be empty.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from counterfoil.core.values import Public
from counterfoil.gate.law.lists import ListNames
from counterfoil.gate.law.schema import Count, Identifier, Span, Text
from counterfoil.gate.law.statute import Element

Texts = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
TwoDigits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}(-[0-9]{2})?$")]
Groups = Annotated[tuple[TwoDigits, ...], msgspec.Meta(min_length=1)]


class Closed(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """Base of the parts of a law file: a field that the schema does not know refuses."""


class Office(Closed, frozen=True, gc=False, omit_defaults=True):
    """A class of official whom the statute lets ask. `agency`: the one agency of the list of
    agencies whose officials these are, where the statute names it; `reading`: the open reading
    (statute.py) on which the class depends. Both may be left out."""

    id: Identifier
    title: Text
    agency: Identifier | None = None
    reading: Identifier | None = None


class PeriodRules(Closed, frozen=True, gc=False):
    """`most_years`: years in one request; `range_years`: years in one range; `earliest_year`: none
    before it."""

    earliest_year: Count
    range_years: Count
    most_years: Count


class ReasonRules(Closed, frozen=True, gc=False, omit_defaults=True):
    """What makes a reason specific, and the phrases of purposes that a request for enforcement must
    not have. `pending`: phrases for a stay or a review; `none_of`: words before such a phrase that
    say that there is none. What has a default may be left out of a common file of format 1 or
    2."""

    least_words: Count
    least_letters: Count
    general_phrases: Texts
    locating: Texts
    civil: Texts
    benefits: Texts
    voter_rolls: Texts
    other_purpose: Texts
    forfeiture: tuple[Text, ...] = ()
    missing_child: tuple[Text, ...] = ()
    pending: tuple[Text, ...] = ()
    none_of: tuple[Text, ...] = ()


class IdentifierRules(Closed, frozen=True, gc=False):
    """Length in characters of an order's or investigation's number."""

    least_characters: Count
    most_characters: Count


class OfficerRules(Closed, frozen=True, gc=False, omit_defaults=True):
    """`group_words`: a name with one of them is a group's; `group_names`: so is a name that equals
    one; `no_employees`: a title with one of them is no Federal officer's or employee's;
    `occupations`: words of which a title has one, or an officer of the holder looks; `looked_at`:
    so where a title has one of these; `joining`: words that no one person's name has between
    others. The last three came with format 5."""

    group_words: Texts
    group_names: Texts
    no_employees: tuple[Text, ...] = ()
    occupations: tuple[Text, ...] = ()
    looked_at: tuple[Text, ...] = ()
    joining: tuple[Text, ...] = ()


class OffenceRules(Closed, frozen=True, gc=False):
    """What tells the fact of an offence, in words with their usual endings (format 5).
    `of_statute`: words of the statutes' own sentences, which alone state no fact. Of a fact under 8
    USC 1253(a)(1)(B) an officer looks unless it has a word of `failures` and one of `documents`;
    under (C) one of `hampering`; under (D) one of `failures` and one of `places`, or a number; of
    one under 8 USC 1326 one of `presence`."""

    of_statute: Texts
    failures: Texts
    documents: Texts
    hampering: Texts
    places: Texts
    presence: Texts


class RemovalRules(Closed, frozen=True, gc=False):
    """`written_as`: ways to cite 8 USC 1227(a); `classes`: its paragraphs; `departure_days`: days
    to have passed."""

    written_as: Texts
    classes: Texts
    departure_days: Count


class DatedDays(Closed, frozen=True, gc=False):
    """A number of days, as it is between two dates, and where it comes from."""

    days: Count
    in_force: Span
    source: Text


class OwnDays(Closed, frozen=True, gc=False):
    """How far a document's own last day may be from its date before an officer looks, and how far
    its date or last day from the day of decision at most; both in days."""

    looked_at: Count
    most: Count


class ConsentRules(Closed, frozen=True, gc=False):
    """`capacities`: in which a consent may be signed, the first of them the taxpayer's own;
    `for_minors`: those in which it may be for a taxpayer younger than `adult_years`;
    `empty_purposes`: whole purposes that say nothing; `empty_words`: a purpose of these words and
    the requester's name alone says nothing; `no_signers`: words of which a signer's name has none,
    `unsigned`: those that say that nobody signed; these three came with format 4. `looked_at`:
    phrases of a purpose at which an officer looks; `for_others`: words beside the taxpayer's name
    by which another signed; `for_the_dead`: capacities of a taxpayer who has died. These came with
    format 5."""

    capacities: Texts
    for_minors: Texts
    adult_years: Count
    empty_purposes: Texts
    empty_words: Texts | msgspec.UnsetType = msgspec.UNSET
    no_signers: Texts | msgspec.UnsetType = msgspec.UNSET
    unsigned: Texts | msgspec.UnsetType = msgspec.UNSET
    looked_at: Texts | msgspec.UnsetType = msgspec.UNSET
    for_others: Texts | msgspec.UnsetType = msgspec.UNSET
    for_the_dead: Texts | msgspec.UnsetType = msgspec.UNSET


class DocumentRules(Closed, frozen=True, gc=False):
    """An order or a consent. `days`: it is taken for so many days after its date, the last one
    included; `items`: it reaches one of these; `judges`: classes of judge of an order, null where
    no judge has a part; `consent`: of a consent; `certify`: days for a certification to the court
    of an order (26 USC 6103(i)(6)). A law of format 1 or 2 has neither; `own_days` came with
    format 4."""

    days: Annotated[tuple[DatedDays, ...], msgspec.Meta(min_length=1)]
    items: Texts
    judges: Texts | None
    consent: ConsentRules | msgspec.UnsetType = msgspec.UNSET
    certify: tuple[DatedDays, ...] | msgspec.UnsetType = msgspec.UNSET
    own_days: OwnDays | msgspec.UnsetType = msgspec.UNSET


class TinRules(Closed, frozen=True, gc=False):
    """Fourth and fifth digits, of numbers that begin with 9, by kind. `made_up` are free for
    made-up people."""

    itin_groups: Groups
    atin_groups: Groups
    made_up_groups: Groups


class TaxpayerRules(Closed, frozen=True, gc=False):
    """Words of a name that is not one individual's. `joining` join two people, `may_join` do so
    where they stand between two words; `joining_signs` are signs, one after the other; `business`,
    `estate` and `child` name one."""

    joining: Texts
    may_join: Texts
    joining_signs: Text
    business: Texts
    estate: Texts
    child: Texts


class PurposeRules(Closed, frozen=True, gc=False, omit_defaults=True):
    """Patterns of words that say what a reason is for (purposes.py). `locating` to `other_purpose`
    are added to the phrases of `ReasonRules`; `acts` and `untold` are words and patterns of which a
    text must say whether they are what the disclosure is for; with one of `proving` and one of
    `facts` it tells its own purpose, each sentence having a word of `bearing`. Under format 3, in
    which the last three are empty, words of `least_bearing` things of `bearing` do."""

    classes: dict[str, Texts]
    innocent: Texts
    locating: Texts
    civil: Texts
    benefits: Texts
    voter_rolls: Texts
    other_purpose: Texts
    acts: Texts
    bearing: Texts
    least_bearing: Count
    untold: tuple[Text, ...] = ()
    proving: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = ()


class NoneRules(Closed, frozen=True, gc=False):
    """How a field for a stay or a review says that there is none: a word of `denials` beside
    `things`, of which `not` and `never` deny `begun` alone; or things, or none of them, before a
    word of `closed`. `around` may stand beside both, and nothing else may."""

    denials: Texts
    things: Texts
    begun: Texts
    closed: Texts
    around: Texts


class WordingRules(Closed, frozen=True, gc=False):
    """Words that came with format 4 of the common file.

    `empty_facts`: a fact of these words alone states nothing; `none_pending`: see NoneRules;
    `names_too`: words of emptiness, of a business, an estate or a child that people are called too,
    `no_rest`: words that the rest of such a name has not; `no_names`: whole fields for a missing
    name, without spaces; `business_forms`: words of a company's name beside an officer's;
    `unit_words`: names of units and agencies, `unit_heads`: what stands before a word for a unit;
    `no_officers`: words of phrases for an officer who is not named; `no_cities`: what is written
    where a city is missing, `city_ends`: last words of names of places; `streets_too`: words of
    emptiness by which streets are called; `number_ends`: what is written where the own part of a
    number is missing."""

    empty_facts: Texts
    none_pending: NoneRules
    names_too: Texts
    no_names: Texts
    no_rest: Texts
    business_forms: Texts
    unit_words: Texts
    unit_heads: Texts
    no_officers: Texts
    no_cities: Texts
    city_ends: Texts
    streets_too: Texts
    number_ends: Texts


class CommonRules(Closed, frozen=True, gc=False, omit_defaults=True):
    """The words and numbers that the checks of every route read; `lists`: the dated lists that they
    compare with; `use_limits`, which every answer carries besides those of the agreement. What is
    `UNSET` or None came with format 3 of the common file, `wordings` with format 4, `offences` with
    format 5."""

    placeholder_entries: Texts
    custodial_words: Texts
    nothing_stated: Texts
    periods: PeriodRules
    reason: ReasonRules
    identifiers: IdentifierRules
    officers: OfficerRules
    tin: TinRules
    lists: ListNames | None = None
    taxpayer: TaxpayerRules | msgspec.UnsetType = msgspec.UNSET
    purposes: PurposeRules | msgspec.UnsetType = msgspec.UNSET
    use_limits: Texts | msgspec.UnsetType = msgspec.UNSET
    wordings: WordingRules | msgspec.UnsetType = msgspec.UNSET
    offences: OffenceRules | msgspec.UnsetType = msgspec.UNSET


class Rules(Closed, frozen=True, gc=False):
    """A route's own. `offices`: its closed list of who may ask; `removal`, `document`: null where
    its kind has no such facts."""

    offices: Annotated[tuple[Office, ...], msgspec.Meta(min_length=1)]
    removal: RemovalRules | None
    document: DocumentRules | None


class Common(Closed, frozen=True, gc=False):
    """One file of what routes share. See the module. Formats 1 and 2 are those of offices
    which were made before the checks of `demands.SINCE_COMMON_2` and `SINCE_COMMON_3` were
    demanded; format 3 has no `wordings`, format 4 no `offences`."""

    format: Literal[
        "counterfoil-common-1",
        "counterfoil-common-2",
        "counterfoil-common-3",
        "counterfoil-common-4",
        "counterfoil-common-5",
        "counterfoil-common-6",
    ]
    id: Identifier
    title: Text
    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    rules: CommonRules


RouteKind = Literal["written-request", "court-order", "consent"]


class Route(Closed, frozen=True, gc=False):
    """One route file. `accounted`: its disclosures enter the accounting of 26 USC 6103(p)(3)(A).
    See the module."""

    format: Literal["counterfoil-route-1"]
    id: Identifier
    title: Text
    kind: RouteKind
    accounted: bool
    common: Identifier
    statutes: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    rules: Rules
