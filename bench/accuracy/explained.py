"""Sentences for the page: what each kind of miss means, and what the page says around its
tables."""

from __future__ import annotations

KINDS = {
    "asked: house number": (
        "The question has no house number (left out by noise, or the made-up address has none), "
        "or one that "
        "begins with a letter: no door without it."
    ),
    "asked: name": "Given or family name left out, or a placeholder (Lady Of The House): the "
    "gate asks for a name.",
    "asked: street": "No street, or one that cannot be read.",
    "asked: ZIP": (
        "No ZIP that means a place, and city or state missing: nothing says in which town."
    ),
    "held:": (
        "Every row of the person at this home lacks number, street or name, or is a "
        "placeholder: nothing to seal."
    ),
    "home: street": (
        "Number and unit agree, street or ZIP do not within what the door table forgives: "
        "several slips in "
        "one name, a short name, a wrong digit of a numbered street, ZIP wrong and city, state "
        "or suffix "
        "wrong too."
    ),
    "home: house": "Another house number on each side. No door forgives it: the next number is "
    "the neighbour.",
    "home: unit": "Another unit, or one on one side only. No door forgives it.",
    "home: another": "A box on one side, a street on the other.",
    "name: given missing": (
        "The register's row has no given name, or a placeholder: family name and initial are "
        "the household's."
    ),
    "name: given other": (
        "Given names are too far apart, two names in use (JIM, JIMMY; ROSA, ROSE), or a false "
        "initial."
    ),
    "name: given": "Given names agree in part (slip, nickname, initial), and the rest does not "
    "carry it.",
    "name: middle": "Middle initials differ or are missing, beside another weakness.",
    "name: family": "Family names differ (noise that leaves no likeness) or one is a placeholder.",
    "name: dob": "Dates of birth differ in more than one digit: a contradiction.",
    "name: door": "Reached by a tolerant door only, and the name agrees in part.",
    "name: crowd": "Many people at the address: more coincidences, so more evidence is asked for.",
    "name: two": (
        "Another resident of the same name within the margin, or one person held twice in a "
        "year under two numbers."
    ),
    "name: suffix": "A suffix on one side only.",
}

HEAD = """# Accuracy, beside a peer

Written by `make accuracy` (`python -m bench.accuracy`); not edited by hand. Made-up people only.

**Task.** pseudopeople's sample population, noised by its own engine with default settings, each side under a seed of
its own. Register: filers and spouses of the returns (form 1040) of {before} and {year}, through `counterfoil register
build`. Questions: every row of the decennial census of {year}, through `counterfoil evaluate`. A question is true if
the same simulated person stands at the same noise-free address (number, street, unit) in the noise-free returns of
that or the previous year. A leading 00 in ZIPs is written 98, because the sample's one ZIP is a placeholder (also where
the noise wrote an O for one of the two: the O then stands two places on, so that no slip is lost). With dates of birth:
the sample's own in the register, the census's noised ones in the question. Seeds {seeds}; rules were
tuned on seeds 1 to 3, none of which is shown. The engine draws placeholder names (Lady Of The House) from a list that
our table of placeholders contains, so here every one but the single letters is recognised; other registers hold others.

**Full** questions have a given name (no initial, no placeholder), a family name, a house number and a street. **In
reach** is the recall of a system that confirmed every full question whose number and unit, beside some street, stand
alike in a row of the same person: what an address key that never relaxes number and unit could reach at most, name
and street spelled in any way.

**Splink** {splink}, link_only on the same two files: given and family name by Jaro-Winkler (0.92, 0.88, 0.7) with
term frequencies, middle initial exact with term frequencies, number, unit and ZIP exact or one edit, street by
Jaro-Winkler (0.92, 0.8) with term frequencies, date of birth by its own comparison; five blocking rules on address
and name; u from 5 million random pairs, m by expectation maximisation in two passes. The model stands in
`bench/accuracy/peer.py`. Its answer is the best match weight, and its threshold is chosen here, with hindsight, for
the number of wrong confirmations shown. Counterfoil's threshold is the one it ships with.

**Splink at the home** is the same Splink as somebody would use it who knows the question: candidates are the rows at the house
number and unit that the question names, on whatever street; m from pairs of one tax number in the register, u from
pairs of different tax numbers at one home; the threshold chosen with hindsight again (`bench/accuracy/peer_at_home.py`).
It looks at everybody of that number and unit in the town, some hundreds of people a question: Counterfoil opens the named
street alone, and what a key of it forgives (promise P3).
"""

NAMESAKES = """
Read the first rows with care: where no wrong confirmation is allowed, a curve stops at its first namesake. A child of its
parent's name at the parent's address scores as high as anybody can without a date of birth, so that no threshold separates
the two; Counterfoil's one or two wrong confirmations a task are these, whatever the threshold.
"""

CURVE = """
With dates of birth Splink reaches further than Counterfoil where more wrong confirmations are allowed: it also finds
people by name and date of birth alone, with no house number or street in the question. Counterfoil does not (promise
P3): a person can be found only at an address that the requester names in full. Splink at the home asks for number and
unit, and still finds who lives at that number of another street by name and date of birth: that, and questions without a
street or a name, is what it has above Counterfoil ([decision 27](../decisions/0027-a-repair-by-name-and-date-needs-a-key-of-the-person.md)).
"""

WRONG_HEAD = """
## Every wrong confirmation

Questions whose true answer is no, confirmed at the shipped threshold. The person asked about does not stand at this
address in the returns of the two years; a resident whom the evidence cannot tell from that person does. Full
agreement in given name, middle initial and family name is a namesake of the household (a parent and a child of one
name): without a date of birth or a tax number nothing in either file tells them apart. A slip (`given near`) is a
resident whose rarer name looks like a slip of the name asked for.
"""
