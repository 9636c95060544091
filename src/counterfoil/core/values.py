"""The nouns that pass between the rooms. All frozen; none does anything.

Two bases keep P1 close to the data:

- `Public` values may be printed, logged and returned.
- `Sensitive` values speak of a person. Their `repr` names the type and nothing else, so that a
  traceback, a log line or a failed assertion cannot carry a value of a record.

Who makes what (`tests/house/test_makers.py` reads the source and checks it):

    Request, Reject      intake        Grant, Refusal      gate
    Residents, NotCompared  register   Match               matching
    Ruling               batches       Answer              answers

Dates are `datetime.date`; times are UTC, whole seconds. Text fields of a request are as received,
stripped of surrounding white space; normal forms are `NameForm` and `AddressForm`, which only
`normalize` makes. An absent text is `""`, never None.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec


class Public(msgspec.Struct, frozen=True, gc=False):
    """Base of values that carry nothing of a person's record."""


class Sensitive(msgspec.Struct, frozen=True, gc=False):
    """Base of values that speak of a person: never printed, never in a message."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: hidden>"

    __str__ = __repr__


# -- what is asked ---------------------------------------------------------------------------


class Person(Sensitive, frozen=True, gc=False, array_like=True):
    """The individual a request names, as received. `tin` is digits and hyphens as sent, or ""."""

    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    suffix: str = ""
    date_of_birth: date | None = None
    tin: str = ""


class Address(Sensitive, frozen=True, gc=False, array_like=True):
    """An address as received or as in the register, before normalization."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


class EngagedOfficer(Sensitive, frozen=True, gc=False, array_like=True):
    """An officer or employee personally and directly engaged in the matter, 26 USC
    6103(i)(2)(A). `agency` is whose officer or employee; "" in a file that does not state it."""

    id: str = ""
    name: str = ""
    title: str = ""
    agency: str = ""


class RemovalOrder(Sensitive, frozen=True, gc=False, array_like=True):
    """The facts of 8 USC 1253(a)(1) that a request states."""

    number: str = ""
    ordered_on: date | None = None
    ground: str = ""
    court_ordered_on: date | None = None


class Request(Sensitive, frozen=True, gc=False, array_like=True):
    """One question. `row` counts data rows of the file from 1, blank ones left out.
    `taxable_periods` are as sent.

    `review` is what is pending against the removal order; `offence_date` and `offence_fact` state
    the act that the cited paragraph makes an offence; `earlier_investigation` explains an
    investigation that is older than the order. A batch of an older version has none of the four."""

    request_id: str
    row: int
    person: Person
    address: Address
    taxable_periods: tuple[str, ...] = ()
    statutory_authority: str = ""
    reason: str = ""
    investigation_number: str = ""
    investigation_opened_on: date | None = None
    removal_order: RemovalOrder = RemovalOrder()
    stay_or_deferral: str = ""
    engaged_officers: tuple[EngagedOfficer, ...] = ()
    use_certified: bool = False
    review: str = ""
    offence_date: date | None = None
    offence_fact: str = ""
    earlier_investigation: str = ""

    @property
    def first_columns(self) -> tuple[object, ...]:
        """What is asked, without id and row, as it was before there were the later columns and the
        agency of an officer: earlier formats commit to these, in this order."""
        return (
            self.person,
            self.address,
            self.taxable_periods,
            self.statutory_authority,
            self.reason,
            self.investigation_number,
            self.investigation_opened_on,
            self.removal_order,
            self.stay_or_deferral,
            [(each.id, each.name, each.title) for each in self.engaged_officers],
            self.use_certified,
        )


class Document(Sensitive, frozen=True, gc=False):
    """What a header states of the court's order or the taxpayer's consent that the file rests on,
    as received.

    `digest` is "sha256:..." of the document's file. `people`, `periods` and `items` are what it
    reaches. `court`, `judge`, `statute` and `finds` are an order's. A consent's are `recipient`,
    `purpose`, who signed it in which capacity, whether it pertains to the disclosure alone
    (`alone`: yes or no), and whether it is `revoked` (yes or no)."""

    digest: str
    issued_on: date
    expires_on: date | None
    people: tuple[Person, ...]
    periods: tuple[str, ...]
    items: tuple[str, ...]
    court: str = ""
    judge: str = ""
    finds: tuple[str, ...] = ()
    recipient: str = ""
    purpose: str = ""
    statute: str = ""
    signed_by: str = ""
    capacity: str = ""
    alone: str = ""
    revoked: str = ""


class Header(Public, frozen=True, gc=False):
    """What a request file says of itself. `signed` is true only after intake has verified the
    principal's signature over header and file digest. `route` is "" where the header names none."""

    requester: str
    agreement: str
    principal: str
    sent_on: date
    signed: bool = False
    route: str = ""
    document: Document | None = None


class Reject(Public, frozen=True, gc=False, omit_defaults=True):
    """A row that could not become a Request. Names the place and the cure, never the value.

    `row` counts as a request's does. `sheet_row` is the row as the sender's spreadsheet counts it,
    and 0 in a batch of an older version; `request_id` is the row's own, "" where none can be read.
    """

    row: int
    field: str
    code: str
    message: str
    cure: str
    sheet_row: int = 0
    request_id: str = ""

    @property
    def shown_row(self) -> int:
        """The number of the row for its sender."""
        return self.sheet_row or self.row


# -- normal forms (made by `normalize`) ----------------------------------------------------------


class AddressKind(StrEnum):
    """Publication 28's kinds of address."""

    STREET = "street"
    PO_BOX = "po_box"
    RURAL = "rural"
    HIGHWAY_CONTRACT = "highway_contract"
    MILITARY = "military"
    GENERAL_DELIVERY = "general_delivery"
    NONE = "none"


class AddressForm(Sensitive, frozen=True, gc=False, array_like=True):
    """Normal form of an address: upper case A-Z, 0-9 and single spaces; "" where a part is absent.

    number: house number, or the box of a PO box, rural, highway contract or military address.
    street: street name, or the route or unit that holds the box ("RR 2", "PSC 1234").
    unit:   secondary unit identifier without its designator ("4B"), or a designator that is
            alone ("BSMT"). Two-part units are joined by a space, outer first.
    """

    kind: AddressKind = AddressKind.NONE
    number: str = ""
    predirectional: str = ""
    street: str = ""
    suffix: str = ""
    postdirectional: str = ""
    unit: str = ""
    urbanization: str = ""
    city: str = ""
    state: str = ""
    zip5: str = ""


class NameForm(Sensitive, frozen=True, gc=False, array_like=True):
    """Normal form of a name: tokens of A-Z, in the order written; suffix as JR, SR, II, III ... or
    ""."""

    given: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    suffix: str = ""


class AddressKey(Sensitive, frozen=True, gc=False, array_like=True):
    """An address key that opens a bucket. `tolerance` names its row in the table of tolerances
    ("exact" first)."""

    tolerance: str
    key: str


# -- the gate --------------------------------------------------------------------------------


class State(StrEnum):
    """What one check established."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_SHOWN = "not_shown"
    NEEDS_OFFICER = "needs_officer"


class Finding(Public, frozen=True, gc=False, array_like=True):
    """One element's finding. `element` is the element's identifier in `law/`."""

    element: str
    state: State


class Grant(Sensitive, frozen=True, gc=False, array_like=True):
    """A request that met every element. Carries the one address form and name form that register
    and match use, the periods as years, and the digest of the rules that admitted it."""

    request: Request
    address: AddressForm
    name: NameForm
    periods: tuple[int, ...]
    rules: str


class Refusal(Public, frozen=True, gc=False, array_like=True):
    """A request that did not. `failed` lists every finding that is not met, in the law's order."""

    request_id: str
    row: int
    failed: tuple[Finding, ...]
    rules: str


# -- the register ----------------------------------------------------------------------------


class Resident(Sensitive, frozen=True, gc=False, array_like=True):
    """A person in a bucket. `tin_hash` is keyed (16 bytes, or b"" where there is no number)."""

    name: NameForm
    date_of_birth: date | None
    tin_hash: bytes
    record_ref: str
    periods: tuple[int, ...]


class Residents(Sensitive, frozen=True, gc=False, array_like=True):
    """The residents of the buckets that the address keys of one grant opened. `asked_tin_hash` is
    the keyed hash of the request's number.

    tolerances[i] names the address key by which residents[i] was found ("exact" before others)."""

    residents: tuple[Resident, ...]
    tolerances: tuple[str, ...]
    asked_tin_hash: bytes = b""


# -- the decision ----------------------------------------------------------------------------


class Comparison(Sensitive, frozen=True, gc=False, array_like=True):
    """One line of evidence for one resident: feature, level reached, its weight in bits."""

    feature: str
    level: str
    weight_bits: float


class Match(Sensitive, frozen=True, gc=False, array_like=True):
    """The private result of a comparison. `score_bits` and `margin_bits` never leave the holder."""

    request_id: str
    row: int
    confirmed: bool
    score_bits: float
    margin_bits: float
    evidence: tuple[Comparison, ...]


class NotCompared(Public, frozen=True, gc=False, array_like=True):
    """The register could not be asked (limit reached, store unreadable). Not a negative: try
    again."""

    request_id: str
    row: int
    code: str


# -- review and answer -----------------------------------------------------------------------


class Officer(Public, frozen=True, gc=False):
    """A disclosure officer of the holder. `vkey` is the public key as a signed-note verifier
    key."""

    name: str
    vkey: str


class Role(StrEnum):
    """What an officer's key may do. One officer, one role: what needs two roles needs two keys.

    disclosure: review, release, withdraw, look, stop and go on. counsel: with a disclosure officer,
    set aside what waits for an officer. holds: see and change the holds of 26 USC 6103(i)(6), two
    of them together. inspector: read ledger, evidence and accounting. recovery and inspector: with
    the remaining disclosure officer, put another into the place of one who is gone; no other act.
    """

    DISCLOSURE = "disclosure"
    COUNSEL = "counsel"
    HOLDS = "holds"
    RECOVERY = "recovery"
    INSPECTOR = "inspector"


class Ruling(Public, frozen=True, gc=False):
    """Two officers' decision on one batch: both signed `determinations_digest`. The first one
    reviews, the second one releases."""

    batch_id: str
    determinations_digest: str
    first: Officer
    first_signature: str
    second: Officer
    second_signature: str


class Outcome(StrEnum):
    """All that a requester can ever learn of one request."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    REFUSED = "refused"
    NOT_COMPARED = "not_compared"


class RejectedRow(Public, frozen=True, gc=False):
    """One row of the answer file for a row that could not become a request: its code, and its
    number as the sender's spreadsheet counts it. Made by `coarsen` alone, as answers are."""

    request_id: str
    answer: str
    codes: tuple[str, ...]
    row: int


class Answer(Public, frozen=True, gc=False):
    """One row of the answer file, in the order asked. `codes` only for refused and not_compared."""

    request_id: str
    answer: Outcome
    codes: tuple[str, ...] = ()
