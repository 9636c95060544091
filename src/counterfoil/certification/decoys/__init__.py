"""Decoys: questions whose true answer is no, by kind of confusion. Pure.

rows.py     a row of the source and the question made of it; `asks`, by which a kind is declared
persons.py  twins, namesakes and others who are told from a resident by less than a name
kinds.py    all other kinds, and THE TABLE OF KINDS: `KINDS`
"""

from counterfoil.certification.decoys.kinds import (
    ASKS,
    BIRTH,
    KINDS,
    NAMES,
    DecoyKind,
    bump_last,
    bump_number,
    can_ask,
    kinds_not_shown,
    kinds_without_decoys,
)
from counterfoil.certification.decoys.rows import (
    DecoyQuestion,
    PersonAtAddress,
    SourceRecord,
    ask,
    asks,
    read_record,
)

__all__ = [
    "ASKS",
    "BIRTH",
    "KINDS",
    "NAMES",
    "DecoyKind",
    "DecoyQuestion",
    "PersonAtAddress",
    "SourceRecord",
    "ask",
    "asks",
    "bump_last",
    "bump_number",
    "can_ask",
    "kinds_not_shown",
    "kinds_without_decoys",
    "read_record",
]
