"""What each format of a law's common file brought: a law of a format has every rule that came with
it or before it. An office keeps its copy of the law and goes on under the format that it has."""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.gate.law.demands import edition_of
from counterfoil.gate.law.route import Common, PurposeRules, Route
from counterfoil.gate.law.schema import require

_CONSENT_4: Final = ("empty_words", "no_signers", "unsigned")
_CONSENT_5: Final = ("looked_at", "for_others", "for_the_dead")


def check_format(route: Route, common: Common) -> None:
    """A law has every rule that its format brought: without it a check would let through what it is
    for."""
    document, edition = route.rules.document, edition_of(common)
    given: dict[str, object] = {
        f"common/{common.id}.yaml: rules.taxpayer": common.rules.taxpayer,
        f"common/{common.id}.yaml: rules.purposes": common.rules.purposes,
        f"common/{common.id}.yaml: rules.use_limits": common.rules.use_limits,
    }
    consent = document.consent if document else msgspec.UNSET
    if route.kind == "consent":
        given[f"routes/{route.id}.yaml: rules.document.consent"] = consent
    if edition > 3:
        given[f"common/{common.id}.yaml: rules.wordings"] = common.rules.wordings
        given[f"common/{common.id}.yaml: rules.purposes.facts"] = _asked(common.rules.purposes)
        if route.kind == "court-order":
            place = f"routes/{route.id}.yaml: rules.document.own_days"
            given[place] = document.own_days if document else msgspec.UNSET
        if not isinstance(consent, msgspec.UnsetType):
            for name in (*_CONSENT_4, *(_CONSENT_5 if edition > 4 else ())):
                place = f"routes/{route.id}.yaml: rules.document.consent.{name}"
                given[place] = getattr(consent, name)
    if edition > 4:
        officers = common.rules.officers
        given[f"common/{common.id}.yaml: rules.offences"] = common.rules.offences
        for name in ("occupations", "looked_at", "joining"):
            given[f"common/{common.id}.yaml: rules.officers.{name}"] = (
                getattr(officers, name) or msgspec.UNSET
            )
    for place, rules in given.items():
        require(
            edition < 3 or not isinstance(rules, msgspec.UnsetType),
            "law_rules_format",
            f"a common file of format {edition} needs these rules",
            place,
            "Restore them from the library.",
        )


def _asked(purposes: PurposeRules | msgspec.UnsetType) -> object:
    """UNSET where the patterns have nothing of what a reason is asked for since format 4."""
    if isinstance(purposes, msgspec.UnsetType):
        return purposes
    return (purposes.proving and purposes.facts and purposes.untold) or msgspec.UNSET
