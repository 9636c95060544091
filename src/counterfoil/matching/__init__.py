"""Evidence and decision: is this resident the person asked about, or somebody else who lives there?
Pure.

    decide(grant, residents, weights, thresholds) -> Match
    decide_suppressed(grant, residents, suppressed, ...)    as if those suppressed were not there
    explain(...)                                            all evidence, for the holder's eyes
    default_weights(), Learner(salt).finish()               the table's weights, or those that the
                                                            register taught
    weights_to_dict, weights_from_dict                      the form that a snapshot's manifest
                                                            carries

The table of evidence is table.py; docs/formats/evidence.md says the same in words.
"""

from counterfoil.matching.decide import (
    MATCH_VERSION,
    READABLE_VERSIONS,
    as_version,
    decide,
    explain,
    forms_read_by,
)
from counterfoil.matching.learn import Learner
from counterfoil.matching.requirements import GROWN, MAJORITY
from counterfoil.matching.suppressed import decide_suppressed
from counterfoil.matching.thresholds import NEVER, Thresholds, own_thresholds, undated
from counterfoil.matching.weights import (
    Weights,
    default_weights,
    reduce_weights,
    weights_from_dict,
    weights_to_dict,
)

__all__ = [
    "GROWN",
    "MAJORITY",
    "MATCH_VERSION",
    "NEVER",
    "READABLE_VERSIONS",
    "Learner",
    "Thresholds",
    "Weights",
    "as_version",
    "decide",
    "decide_suppressed",
    "default_weights",
    "explain",
    "forms_read_by",
    "own_thresholds",
    "reduce_weights",
    "undated",
    "weights_from_dict",
    "weights_to_dict",
]
