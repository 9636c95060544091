"""The words of `rules.wordings` of a law's common file, and of a consent's rules, as checks read
them: most came with format 4 of the common file, and an earlier law has none of them; those of
`LaterWords` came with format 5.

A word is one of letters in lower case (folding.py, `split_words`), but for `numbers`, which are
folded entries, and `empty_facts` and `empty_purpose`, which are words as screens read them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from counterfoil.core.values import Public
from counterfoil.gate.law.folding import (
    Screen,
    fold_entry,
    forms_of,
    new_screen,
    screened_words,
    split_words,
)
from counterfoil.gate.law.route import CommonRules, DocumentRules, OwnDays

_NONE: Final = frozenset[str]()
NO_SCREEN: Final = new_screen(())


class Wordings(Public, frozen=True, gc=False):
    """See route.WordingRules. `group_words`: those of `rules.officers`; `denials`, `things`,
    `begun`, `closed` and `around`: those of `none_pending`; `numbers`: `number_ends`."""

    empty_facts: frozenset[str] = _NONE
    denials: frozenset[str] = _NONE
    things: frozenset[str] = _NONE
    begun: frozenset[str] = _NONE
    closed: frozenset[str] = _NONE
    around: frozenset[str] = _NONE
    names_too: frozenset[str] = _NONE
    no_names: frozenset[str] = _NONE
    no_rest: frozenset[str] = _NONE
    business_forms: frozenset[str] = _NONE
    unit_words: frozenset[str] = _NONE
    group_words: frozenset[str] = _NONE
    unit_heads: frozenset[str] = _NONE
    no_officers: frozenset[str] = _NONE
    no_cities: frozenset[str] = _NONE
    city_ends: frozenset[str] = _NONE
    streets_too: frozenset[str] = _NONE
    numbers: frozenset[str] = _NONE


class LaterWords(Public, frozen=True, gc=False):
    """Words that came with format 5, as screens read them: see route.OffenceRules, the last three
    of route.OfficerRules and route.ConsentRules. `joining` and `for_others` are words of letters,
    `for_the_dead` folded entries."""

    of_statute: frozenset[str] = _NONE
    failures: frozenset[str] = _NONE
    documents: frozenset[str] = _NONE
    hampering: frozenset[str] = _NONE
    places: frozenset[str] = _NONE
    presence: frozenset[str] = _NONE
    occupations: frozenset[str] = _NONE
    titles: Screen = NO_SCREEN
    joining: frozenset[str] = _NONE
    purposes: Screen = NO_SCREEN
    for_others: frozenset[str] = _NONE
    for_the_dead: frozenset[str] = _NONE


class SignerWords(Public, frozen=True, gc=False):
    """Of a consent: words that a purpose may have and say nothing, and those that a signer's name
    has not. `own_days`: route.OwnDays of an order, None where the law has none."""

    empty_purpose: frozenset[str] = _NONE
    no_signers: frozenset[str] = _NONE
    unsigned: frozenset[str] = _NONE
    own_days: OwnDays | None = None


def wordings_of(rules: CommonRules) -> Wordings:
    """The words of a common file."""
    given = rules.wordings
    if isinstance(given, msgspec.UnsetType):
        return Wordings()
    none = given.none_pending
    return Wordings(
        empty_facts=_screened(given.empty_facts),
        denials=_words(none.denials),
        things=_words(none.things),
        begun=_words(none.begun),
        closed=_words(none.closed),
        around=_words(none.around),
        names_too=_words(given.names_too),
        no_names=_words(given.no_names),
        no_rest=_words(given.no_rest),
        business_forms=_words(given.business_forms),
        unit_words=_words(given.unit_words),
        group_words=_words(rules.officers.group_words),
        unit_heads=_words(given.unit_heads),
        no_officers=_words(given.no_officers),
        no_cities=frozenset(" ".join(split_words(each)) for each in given.no_cities),
        city_ends=_words(given.city_ends),
        streets_too=_words(given.streets_too),
        numbers=frozenset(map(fold_entry, given.number_ends)),
    )


def later_words_of(
    rules: CommonRules, document: DocumentRules | None, elsewhere: Iterable[str] = ()
) -> LaterWords:
    """The words of a law of format 5; none of an earlier one's. `elsewhere`: titles of officials of
    another agency than the one whose officers may receive; an officer of the holder looks."""
    offences = rules.offences
    if isinstance(offences, msgspec.UnsetType):
        return LaterWords()
    officers, consent = rules.officers, document.consent if document else msgspec.UNSET
    if isinstance(consent, msgspec.UnsetType) or isinstance(consent.looked_at, msgspec.UnsetType):
        purposes, others, dead = NO_SCREEN, _NONE, _NONE
    else:
        purposes, others = new_screen(consent.looked_at), _given(consent.for_others)
        dead = _entries(consent.for_the_dead)
    return LaterWords(
        of_statute=_forms(offences.of_statute),
        failures=_forms(offences.failures),
        documents=_forms(offences.documents),
        hampering=_forms(offences.hampering),
        places=_forms(offences.places),
        presence=_forms(offences.presence),
        occupations=_forms(officers.occupations),
        titles=new_screen((*officers.looked_at, *elsewhere)),
        joining=_words(officers.joining),
        purposes=purposes,
        for_others=others,
        for_the_dead=dead,
    )


def signer_words_of(document: DocumentRules | None, requester: Iterable[str]) -> SignerWords:
    """The words of a route's document. `requester`: names of the agreement's requester."""
    if document is None:
        return SignerWords()
    own_days = None if isinstance(document.own_days, msgspec.UnsetType) else document.own_days
    consent = document.consent
    if isinstance(consent, msgspec.UnsetType) or isinstance(consent.empty_words, msgspec.UnsetType):
        return SignerWords(own_days=own_days)
    return SignerWords(
        empty_purpose=_screened((*consent.empty_words, *requester)),
        no_signers=_given(consent.no_signers),
        unsigned=_given(consent.unsigned),
        own_days=own_days,
    )


def _given(texts: tuple[str, ...] | msgspec.UnsetType) -> frozenset[str]:
    return _NONE if isinstance(texts, msgspec.UnsetType) else _words(texts)


def _entries(texts: tuple[str, ...] | msgspec.UnsetType) -> frozenset[str]:
    return _NONE if isinstance(texts, msgspec.UnsetType) else frozenset(map(fold_entry, texts))


def _forms(texts: Iterable[str]) -> frozenset[str]:
    """Words with the usual endings, as screens read them."""
    return _screened(form for text in texts for form in forms_of(text))


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in split_words(text))


def _screened(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in screened_words(text))
