"""The words of a name that are not the name: suffixes, degrees, titles, particles, placeholders.

All words are as `names.words_of` leaves them: A-Z and 0-9, upper case. A word that is also a real
name in use (SON, MAN, LADY, NINO as given names; CHILD, HOUSE, FRIEND, SON as family names) is a
placeholder only beside other placeholder words, so that nobody with such a name becomes
unanswerable.

Sources: the tables are written by hand by the authors from common knowledge. The placeholders also
hold the entries of the module `fake_names` of pseudopeople 1.3.1 (Institute for Health Metrics and
Evaluation, BSD-3-Clause), which says that it copies a NORC report; that report was not opened.
Single letters of that module are initials here, not placeholders.
"""

from __future__ import annotations

from typing import Final

from counterfoil.normalize.tables import words

GENERATION: Final = {
    "JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV",
    "2ND": "II", "3RD": "III", "4TH": "IV",
}  # fmt: skip
"""Generational suffixes that may be written in any field, with their normal form."""

GENERATION_IN_SUFFIX_FIELD: Final = GENERATION | {
    "JUNIOR": "JR", "SENIOR": "SR", "JNR": "JR", "SNR": "SR", "I": "SR", "1ST": "SR", "V": "V",
    "5TH": "V", "VI": "VI", "2": "II", "3": "III", "4": "IV", "5": "V",
}  # fmt: skip
"""Further ones that elsewhere are names or initials: Junior is a given name, "Garcia V." is a
second surname."""

DEGREES: Final = words("ESQ ESQUIRE MD PHD DDS DMD DVM CPA RN JD MBA RET USN USMC")
"""Dropped at the end of a field that has other words. (MD alone is Mohammed; DO is a surname.)"""

TITLES: Final = words("""
    MR MRS MS MISS DR REV HON SR SRA SRTA SENOR SENORA SENORITA SGT CAPT
""")
"""Dropped at the head of a given name. Alone they are placeholders."""

PARTICLES: Final = words("""
    DE DEL LA LAS LOS EL AL DA DAS DO DOS DI DU LE LO VAN VON DER DEN TEN TER ZU ZUM Y E BIN IBN BEN
    ABU SAN SANTA ST SAINT AF AV
""")
"""Words of a family name that do not identify by themselves. They stay in the form; comparison
looks past them."""

JOINED_HEADS: Final = frozenset({"O", "D", "MC", "MAC"})
"""Heads of a family name that belong to the next word: O BRIEN is OBRIEN, MC DONALD is MCDONALD."""

PLACEHOLDER_GIVEN: Final = words("""
    MR MRS MS MISS SENOR SENORA SRA BABY BABYBOY BABYGIRL INFANT NEWBORN BOY GIRL CHILD KID MINOR
    ADULT MALE FEMALE WOMAN PERSON GENTLEMAN GENTLEMEN GENTELMAN GENT MOTHER MOM FATHER DAD PARENT
    DAUGHTER BROTHER SISTER HUSBAND WIFE SPOUSE NEPHEW NIECE GRANDSON GRANDDAUGHTER GRANDCHILD HIJO
    HIJA FRIEND ROOMMATE OLDEST YOUNGEST UNKNOWN UNK UNNAMED NONE ANON ANONYMOUS REFUSED DECLINED
    RESIDENT RESPONDENT INMATE OCCUPANT TENANT HOUSE HOUSEHOLD HOUSEHOLDER NFN FNU NMN TEST XXX XX
    DAU GENTLE COH DOH GOH LOH MOH SOH ONE TBD NOMBRE
""")
"""Given names that name nobody, as registers and censuses hold them."""

PLACEHOLDER_FAMILY: Final = words("""
    ONE TWO THREE FOUR OWNER ADULT FEMALE MALE RESP DAUGHTER WIFE GIRL UNKNOWN UNK UNNAMED ANON
    ANONYMOUS APELLIDO REFUSE REFUSED DECLINED RESPONDENT RESPONDANT RESIDENT OCCUPANT HOUSEHOLD
    HOUSEHOLDER HH HHM LNU NLN XXX XX TBD NONE TEST COH DOH GOH LOH MOH SOH
""")
"""Family names that name nobody, alone."""

PLACEHOLDER_BESIDE: Final = words("""
    OF THE IN NO NAME FIRST LAST GIVEN SON MAN LADY DE LA CASA DONT KNOW NOT NA N HOME TWO THREE
    FOUR A B C F M OWNER OLDER YOUNGER NINO
""")
"""Words that complete a placeholder ("Child F", "Lady of the house") and, alone, do not make
one."""

_WHOLE_FIELDS: Final = """
    NA; N A; NA NA; NO NAME; FIRST NAME; LAST NAME; NO LAST NAME; DONT KNOW; NOT KNOWN; THE HOUSE;
    OF HOUSE; OF THE HOUSE; OF THE HOME; DE CASA; DE LA CASA; LADY OF; LADY OF THE; LADY IN THE;
    SON OF; MAN OF; MAN OF THE; MAN IN THE; LADY OF HOUSE; LADY OF THE HOUSE; MAN OF THE HOUSE;
    NO FIRST NAME; H AGE
"""
PLACEHOLDER_WHOLE: Final = frozenset(tuple(field.split()) for field in _WHOLE_FIELDS.split(";"))
"""Whole fields, as tuples of words, that name nobody although none of their words says so. ("NA"
alone is a surname: this holds for given names only.)"""
