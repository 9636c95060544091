"""A statute as data: `law/statutes/ID.yaml`, format `counterfoil-statute-1`.

    format: counterfoil-statute-1
    id: us-26-6103-i-2                     the file's own name
    title, source, citation                words for people; source names the release point that was
                                           read
    uslm: /us/usc/t26/s6103/i/2            the identifier of the US Code's own XML
    in_force: {from: 2025-01-01, to: null} the days on which an office may apply this file, both
                                           included
    elements:
      - id: i2-name-given                  unique in the law; several entries of one id must not
                                           share a day
        citation, uslm                     of the clause that the element comes from (uslm null: it
                                           has none)
        quote, digest                      the clause's words and their SHA-256; both null where
                                           none is quoted
        in_force: {from, to}               a rule is changed by ending one entry and beginning
                                           another
        check: name_is_given               a check of `gate/law/demands.py`
        code: name_missing                 what the requester sees when it is not met; stable
        explanation, cure                  one sentence each, about the rule, never about a person
        door                               may be left out: the provision that a request of another
                                           purpose would need (`other_provision` below)
        why                                may be left out: why no words are quoted
    open                                   may be left out: questions of law that are open
      - id: delegation                     unique in the law
        question, citation                 what is open, and where
        readings                           two of them or more, each with id, says, and whether it
                                           discloses more or less; the first discloses less
        decided_by                         who may decide; until both parties of an agreement have
                                           signed another reading, the first is the one that counts

A quote whose digest differs, an unknown field and an unknown version refuse.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from counterfoil.core.values import Public
from counterfoil.gate.law.schema import Code, Digest, Identifier, Span, Text


class OtherProvision(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """The provision that a request of another purpose would need. `needs` completes "this would
    need ..."."""

    needs: Text
    citation: Text
    uslm: Text


class Element(
    Public, frozen=True, gc=False, forbid_unknown_fields=True, rename={"other_provision": "door"}
):
    """One thing that a route demands, over one span of days. See the module."""

    id: Identifier
    citation: Text
    uslm: Text | None
    quote: Text | None
    digest: Digest | None
    in_force: Span
    check: Code
    code: Code
    explanation: Text
    cure: Text
    other_provision: OtherProvision | None = None
    why: Text | UnsetType = UNSET


class Reading(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """One way to read the law where it is open."""

    id: Identifier
    says: Text
    discloses: Literal["less", "more"]


class OpenQuestion(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """A question of law that is open. The first of `readings` is the one that counts until another
    is signed. See the module."""

    id: Identifier
    question: Text
    citation: Text
    readings: Annotated[tuple[Reading, ...], msgspec.Meta(min_length=2)]
    decided_by: Text


class Statute(
    Public,
    frozen=True,
    gc=False,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"open_questions": "open"},
):
    """One statute file. `elements` are in the law's order and never empty."""

    format: Literal["counterfoil-statute-1"]
    id: Identifier
    title: Text
    source: Text
    citation: Text
    uslm: Text
    in_force: Span
    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    open_questions: tuple[OpenQuestion, ...] = ()
