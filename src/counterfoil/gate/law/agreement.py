"""An agreement as data: `law/agreements/ID.yaml`, in an office `law/agreement.yaml`; format
`counterfoil-agreement-2`. Format 1 is that of offices whose law has a common file of format 1 or 2.

It says who may ask whom, when, under which designated statute, within which limits. Every field is
required; `null` is allowed only where the type says so, and always closes: a principal without a
key cannot sign, safeguards without a date are not current, an agreement without signatures says so.
`sandbox: true` is for made-up people: only there may a principal's unsigned file be accepted.
docs/formats/law.md explains each field.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from counterfoil.gate.law.route import Closed, PeriodRules, Texts
from counterfoil.gate.law.schema import Count, Digest, Identifier, Span, Text

RELEASE_MINUTES: Final = 60
"""Minutes between two release times where an agreement does not say."""
BORN_ADDRESSES = 8
"""Addresses that may be asked for one date of birth and given name, whatever family name is
written, where an agreement does not say."""
DELEGATE = "delegate"
"""The office class of one who acts for a principal: refused unless the agreement switches it on."""
DELEGATION = "delegation"
"""The open question (statute.py) whether such a one may ask at all."""


class Party(Closed, frozen=True, gc=False, omit_defaults=True):
    """One party. A request's header names it by `id` or `name`. `address`: of its office, for the
    accounting of disclosures (5 USC 552a(c)(1)(B)). `agency`: what it is in the list of Federal
    agencies; a made-up one of a sandbox is in no list. `written_as`: how else an engaged officer's
    agency may be written who is this party's. What has a default may be left out, and a file
    without it has the digest that it had before the field was there."""

    id: Identifier
    name: Text
    address: Text | None = None
    agency: Identifier | None = None
    written_as: tuple[Text, ...] = ()


class Signature(Closed, frozen=True, gc=False):
    """A party's signature over the agreement: verifier key and base64 signature."""

    vkey: Text
    signature: Text


class Parties(Closed, frozen=True, gc=False):
    """Who answers and who asks."""

    holder: Party
    requester: Party


class Signatures(Closed, frozen=True, gc=False):
    """Null where a party has not signed this file."""

    holder: Signature | None
    requester: Signature | None


class Designated(Closed, frozen=True, gc=False):
    """A federal criminal statute that a request may rest on, and other ways to cite it."""

    citation: Text
    uslm: Text
    written_as: Texts


class Caseload(Closed, frozen=True, gc=False):
    """Requests that may name one engaged officer within `window_days` days."""

    limit: Count
    window_days: Count


class DeclaredCaseload(Closed, frozen=True, gc=False):
    """The requester's own count of matters; a batch larger than `matters` times `multiple` is not
    plausible."""

    matters: Count
    counted: Text
    multiple: Count


class Guards(Closed, frozen=True, gc=False, omit_defaults=True):
    """What may be asked about one person or one address within `window_days` days, over all
    officers; and in all, per day and year.

    Once `lockout_attempts` requests, over all files of `lockout_window_days` days, pass one of the
    limits on people and addresses, the requester is locked out for the `lockout_days` days after.

    What has a default may be left out, as in an agreement of before there was such a field; it is
    then no part of the agreement's digest. See `Limits` for what holds then.
    """

    window_days: Count
    attempts_on_person: Count
    addresses_of_person: Count
    people_at_address: Count
    same_request: Count
    requests_per_day: Count
    requests_per_year: Count
    lockout_attempts: Count
    lockout_days: Count
    addresses_of_given_and_birth: Count | None = None
    people_at_shared_place: Count | None = None
    people_at_custodial_place: Count | None = None
    lockout_window_days: Count | None = None

    @property
    def born_addresses(self) -> int:
        """Addresses that may be asked for one date of birth and given name."""
        return self.addresses_of_given_and_birth or BORN_ADDRESSES

    @property
    def shared_place(self) -> int:
        """People who may be asked at a listed shared address: those of any address where the
        agreement does not say."""
        return self.people_at_shared_place or self.people_at_address

    @property
    def window_of_probes(self) -> int:
        """Days over which attempts to probe lock out: those of the guards where the agreement does
        not say."""
        return self.lockout_window_days or self.window_days

    @property
    def days_of_probes(self) -> int:
        """Days that are to be looked at for a lockout."""
        return self.window_of_probes + self.lockout_days + 1

    @property
    def largest(self) -> int:
        """The largest limit on what is counted by people, addresses and requests."""
        return max(
            self.attempts_on_person,
            self.addresses_of_person,
            self.people_at_address,
            self.same_request,
            self.born_addresses,
            self.shared_place,
            self.people_at_custodial_place or 0,
        )


class Limits(Closed, frozen=True, gc=False, omit_defaults=True):
    """Counts of requests, people and days that no batch may pass. Reasons and investigations are
    counted over all files of `matter_window_days` days, those of the guards where it is left out.
    `periods`: what a request may name, that of the common file where it is left out; `least_age`:
    in years, below which an officer looks at a request."""

    batch_rows: Count
    declared_caseload: DeclaredCaseload
    officer_caseload: Caseload
    same_reason: Count
    similar_reason: Count
    people_per_investigation: Count
    guards: Guards
    sent_within_days: Count
    matter_window_days: Count | None = None
    periods: PeriodRules | None = None
    least_age: Count | None = None

    @property
    def window_of_matters(self) -> int:
        """Days over which reasons and investigations are counted."""
        return self.matter_window_days or self.guards.window_days


class Place(Closed, frozen=True, gc=False):
    """An address of an office or facility, never of a person."""

    name: Text
    line1: Text
    city: Text
    state: Text
    zip: Text


Places = Annotated[tuple[Place, ...], msgspec.Meta(min_length=1)]


class Lists(Closed, frozen=True, gc=False, omit_defaults=True):
    """Address lists that the parties agreed on. `shared_places`: shelters, dormitories, facilities
    and confidentiality-program boxes, where hundreds lawfully share an address; it may be left
    out."""

    placeholder_phrases: Texts
    custodial_places: Places
    requester_offices: Places
    shared_places: tuple[Place, ...] = ()


class Principal(Closed, frozen=True, gc=False, omit_defaults=True):
    """An official who may request. `office` is a class of the route or `delegate`; `papers` the
    delegation's digest. `former_key`: the key before this one, which is taken through the day
    `former_until`, both or neither; both may be left out."""

    id: Identifier
    title: Text
    office: Identifier
    in_force: Span
    key: Text | None
    papers: Digest | None
    unsigned_accepted: bool
    former_key: Text | None = None
    former_until: date | None = None


class Delegation(Closed, frozen=True, gc=False):
    """Whether the parties admit delegates at all. The statute has no words that do."""

    allowed: bool


class SignedReading(Closed, frozen=True, gc=False):
    """A reading of an open question (statute.py) that the parties sign with the agreement.
    `papers`: digest of the opinion that it rests on."""

    question: Identifier
    reading: Identifier
    papers: Digest


class Safeguards(Closed, frozen=True, gc=False):
    """The last day on which the requester's safeguards are known to be current; null: not shown."""

    current_until: date | None


Rate = Annotated[str, msgspec.Meta(pattern=r"^0\.(?=0*[1-9])(?:[0-4][0-9]{0,11}|50{0,11})$")]
"""A rate over 0 and at most one half, written as a decimal fraction of up to twelve digits,
`0.00001`: it is signed as written."""


class MostWrong(Closed, frozen=True, gc=False):
    """What the bound on wrong confirmations may not exceed for any kind of decoy, by what a
    question states: a date of birth, or names and address only."""

    birth: Rate
    names: Rate


class Confirmation(Closed, frozen=True, gc=False, omit_defaults=True):
    """Whether a question needs a certificate of its scope to be put to the register
    (docs/formats/certificate.md). `oldest_days`: days after which a snapshot of the register is no
    longer asked (5 USC 552a(e)(5)); None, where it is left out: the agreement names none."""

    certificate: Literal["required", "not_required"]
    most_wrong: MostWrong
    oldest_days: Count | None = None


Hours = Annotated[int, msgspec.Meta(ge=1, le=8784)]
"""Whole hours, up to a year of 366 days."""


class ReleaseNotice(Closed, frozen=True, gc=False):
    """Notice before release: of more than `over_rows` rows, those named by `to` have notice
    `hours` hours before (docs/formats/duties.md)."""

    over_rows: Count
    hours: Count
    to: Texts


class Exchange(Closed, frozen=True, gc=False, omit_defaults=True):
    """How items go to and fro (docs/formats/outbox.md). Answers leave every `release_minutes`
    minutes, counted from midnight UTC, all that are ready or none; 0, of a sandbox only: at once.
    `intake_signer`: the verifier key that signs intake keys, the holder's where it is left out.
    `certificates`: SHA-256 of the requester's client certificates. `reply_to`: ids of the opening
    keys that answers are sealed to; where none is named, those that the principal signs."""

    release_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)]
    intake_signer: Text | None = None
    certificates: tuple[Digest, ...] = ()
    reply_to: tuple[Digest, ...] = ()


class Pages(Closed, frozen=True, gc=False):
    """The pages on which officers sign with security keys (docs/formats/security-key.md). `rp`: the
    RP ID that the keys are made for, a host's name; `origins`: the pages' origins, each of that
    host or one below it."""

    rp: Text
    origins: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=8)]


class Roots(Closed, frozen=True, gc=False):
    """What the signatures cover besides the agreement's words (roots.py). `law`: the digest of each
    file's bytes, by its path in the law directory."""

    law: dict[Text, Digest]
    holder: Text
    origin: Text
    officers: Annotated[tuple[Text, ...], msgspec.Meta(min_length=2)]
    witnesses: Digest | None
    sample_rows: Annotated[int, msgspec.Meta(ge=0, le=1000)]


class Agreement(Closed, frozen=True, gc=False, omit_defaults=True):
    """One agreement file. Expiry and retention in days; `openings_per_day` counts buckets of the
    register.

    `clause_salt`: 32 random bytes in hex, from which each clause's salt comes; null: no clause can
    be hidden when published. `readings`: of what the law leaves open, those that the parties sign;
    none in an agreement of format 1. `release_notice`: None where it is left out. `roots`: the law
    files and the roots of trust that the signatures cover (roots.py). `exchange`: None where it is
    left out; answers then leave every hour, and at once in a sandbox. `pages`: where officers sign
    with security keys; None, where it is left out: nowhere, and no officer has one.
    `answer_within_hours`: within which a file is to be answered or withdrawn, counted from its
    receipt; None, where it is left out: the parties agreed on no time, and nothing is late.
    """

    format: Literal["counterfoil-agreement-1", "counterfoil-agreement-2"]
    id: Identifier
    title: Text
    sandbox: bool
    parties: Parties
    signed_on: date
    in_force: Span
    signatures: Signatures
    clause_salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")] | None
    routes: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    designated: Annotated[tuple[Designated, ...], msgspec.Meta(min_length=1)]
    purposes: Texts
    limits: Limits
    lists: Lists
    principals: Annotated[tuple[Principal, ...], msgspec.Meta(min_length=1)]
    delegation: Delegation
    safeguards: Safeguards
    confirmation: Confirmation
    use_limits: Texts
    answer_expiry_days: Count
    retention_days: Count
    openings_per_day: Count
    readings: tuple[SignedReading, ...] = ()
    release_notice: ReleaseNotice | None = None
    roots: Roots | None = None
    exchange: Exchange | None = None
    pages: Pages | None = None
    answer_within_hours: Hours | None = None

    @property
    def release_minutes(self) -> int:
        """Minutes between two release times; 0: at once."""
        if self.exchange is not None:
            return self.exchange.release_minutes
        return 0 if self.sandbox else RELEASE_MINUTES
