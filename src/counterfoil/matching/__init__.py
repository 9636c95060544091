"""Evidence and decision: is this resident the person asked about, or somebody else who lives there?
Pure.

    decide(grant, residents, weights, thresholds) -> Match      explain(...) -> all evidence, for
    the holder's eyes decide_withheld(grant, residents, held, ...)    the same, as if those held
    were not there default_weights(), Learner(salt).finish()       the table's weights, or those
    that the register taught weights_to_dict, weights_from_dict              the form that a
    snapshot's manifest carries

The table of evidence is table.py; docs/formats/evidence.md says the same in words.
"""

from counterfoil.matching.decide import MATCH_VERSION as MATCH_VERSION
from counterfoil.matching.decide import decide as decide
from counterfoil.matching.decide import explain as explain
from counterfoil.matching.learn import Learner as Learner
from counterfoil.matching.reduced import reduce_weights as reduce_weights
from counterfoil.matching.suppressed import decide_suppressed as decide_suppressed
from counterfoil.matching.thresholds import NEVER as NEVER
from counterfoil.matching.thresholds import Thresholds as Thresholds
from counterfoil.matching.thresholds import own_thresholds as own_thresholds
from counterfoil.matching.weights import Weights as Weights
from counterfoil.matching.weights import default_weights as default_weights
from counterfoil.matching.weights import weights_from_dict as weights_from_dict
from counterfoil.matching.weights import weights_to_dict as weights_to_dict
