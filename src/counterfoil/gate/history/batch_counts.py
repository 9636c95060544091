"""What one batch asks as a whole, and what earlier batches asked: requests, engaged officers,
attempts to probe.

An officer is counted under three hashes, by id, by name and title, and by name alone, each the
first 16 bytes of HMAC-SHA256(history key, kind 0x00 normal form). Of the first two, whichever was
named more often counts, so that another id does not make another officer, nor does another title.
Each is made twice: of the form that was remembered first, and of a wider one, in which the name is
in the words of normalize/names.py (O'Brien, O Brien and OBrien; de la Cruz and Delacruz; what is
beside a name in brackets or behind a comma is none of it) and letters that are written for digits
are digits in an id (0FF-l is OFF-1). Whichever of the two was named more often counts, so that
nothing that was remembered begins again.
Who has another id and another title and the same name may be a namesake: what is counted by name
alone is for an officer of the holder to judge. All are stored (tables.py), and so are those that
the first version made of the id alone, until no window reaches them. Counts depend on questions
only.

A batch is read once, in stretches; memory grows by the fingerprints of each row.
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import EngagedOfficer, Header, Reject, Request, Sensitive
from counterfoil.gate.history.earlier import earlier_entry
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    Forms,
    empty_fingerprints,
    forms_of,
)
from counterfoil.gate.history.keyed_hash import utf8
from counterfoil.gate.law.folding import fold_number, fold_words, split_words
from counterfoil.normalize.name_words import DEGREES, JOINED_HEADS, PARTICLES, TITLES
from counterfoil.normalize.names import words_of
from counterfoil.normalize.tables import words as table_words

OFFICER_HASH_BYTES: Final = 16
_AS_LETTERS: Final = str.maketrans("0134578", "oieastb")
_ADDRESSED: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "esq", "jr", "sr", "ii", "iii", "iv", "sa", "ssa"}
)
"""Words beside a name that make no other officer of it."""
_ZERO_AS_LETTER: Final = re.compile(r"(?<=[0-9])o|o(?=[0-9])")
_AS_DIGITS: Final = str.maketrans("oils", "0115")
_BESIDE_NAME: Final = re.compile(r"[(\[{].*?(?:[)\]}]|\Z)")
_JOINED: Final = (JOINED_HEADS | PARTICLES) - {"D"}
_BESIDE_WORDS: Final = (
    TITLES
    | DEGREES
    | table_words("""
    JR SR II III IV SPECIAL AGENT OFFICER SUPERVISORY DEPORTATION DETECTIVE INSPECTOR DEPUTY
    INVESTIGATOR SERGEANT SGT LIEUTENANT CAPT SA SSA DO SDDO ICE HSI ERO DHS CBP FBI
""")
)
"""Words beside an officer's name that make no other officer of it."""
_LEADING_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")


class History(Sensitive, frozen=True, gc=False):
    """What earlier files asked, this batch left out.

    `officers`: requests that named each engaged officer (by hash) within the window.
    `day_requests`, `year_requests`: requests of the day of decision, and of the 365 days that end
    with it. `probes`: (day, attempts to probe) of earlier files. `probe_days`: the window over
    which attempts lock out; 0 is the first version's, which looked at each file by itself.
    """

    officers: Mapping[bytes, int] = {}
    day_requests: int = 0
    year_requests: int = 0
    probes: tuple[tuple[date, int], ...] = ()
    probe_days: int = 0


class BatchFacts(Sensitive, frozen=True, gc=False):
    """What one whole batch asks: requests, and how many name each engaged officer (by hash).

    `key` is the history key, under which the hashes were made. Never store or send it.
    """

    rows: int
    file_digest: str
    header: Header
    key: bytes
    officers: Mapping[bytes, int]


class Tally(Sensitive, frozen=True, gc=False):
    """What was counted over a stretch of a file: requests, the fingerprints of every row, requests
    that name each engaged officer (by hash)."""

    requests: int
    fingerprints: Fingerprints
    officers: dict[bytes, int]


class BatchFactsBuilder:
    """Collects the facts of one batch in a pass over its rows. `earlier` as in `Fingerprinter`.
    Raises ValueError for a history key of less than 32 bytes."""

    def __init__(self, history_key: bytes, *, earlier: bool = False) -> None:
        if len(history_key) < 32:
            raise ValueError("a history key is at least 32 bytes")
        self._key = history_key
        self._fingerprinter = Fingerprinter(history_key, earlier=earlier)
        self._requests = 0
        self._officers: dict[bytes, int] = {}
        self._fingerprints = empty_fingerprints()

    def add(self, *rows: Request | Reject) -> None:
        """Count the rows that follow."""
        self.count(tally(self._key, self._fingerprinter, rows, forms_of(rows)))

    def count(self, stretch: Tally) -> None:
        """Count the rows that follow, which were tallied elsewhere."""
        self._requests += stretch.requests
        self._fingerprints.extend(stretch.fingerprints)
        for hashed, times in stretch.officers.items():
            self._officers[hashed] = self._officers.get(hashed, 0) + times

    @property
    def fingerprints(self) -> Fingerprints:
        """The fingerprints of every row added, in order."""
        return self._fingerprints

    def finish(self, header: Header, file_digest: str) -> BatchFacts:
        """The facts of every row added. `file_digest` is "sha256:..." of the file's bytes."""
        return BatchFacts(
            self._requests, file_digest, header, self._key, dict(sorted(self._officers.items()))
        )


def tally(
    key: bytes,
    fingerprinter: Fingerprinter,
    rows: Sequence[Request | Reject],
    forms: Sequence[Forms],
) -> Tally:
    """What a stretch of rows adds to the facts. `forms` are those of `forms_of`."""
    named = Counter(row.engaged_officers for row in rows if isinstance(row, Request))
    officers: dict[bytes, int] = {}
    for group, times in named.items():
        for hashed in officers_hashed(key, group):
            officers[hashed] = officers.get(hashed, 0) + times
    return Tally(named.total(), fingerprinter.fingerprint(rows, forms), officers)


def officers_hashed(key: bytes, officers: Iterable[EngagedOfficer]) -> set[bytes]:
    """The hashes under which these officers, named in one request, are counted."""
    return {
        hashed
        for officer in officers
        for hashed in (*officer_hashes(key, officer), *wider_hashes(key, officer))
    }


def officer_hashes(key: bytes, officer: EngagedOfficer) -> tuple[bytes, bytes, bytes]:
    """The keyed hashes under which an engaged officer is counted: by id, by name and title, by
    name alone, the words of the name in any order."""
    name, title = " ".join(sorted(_name_words(officer.name))), fold_words(officer.title)
    return (
        _hashed(key, b"officer id", _id_number(officer.id)),
        _hashed(key, b"officer name", f"{name}|{title}"),
        _hashed(key, b"officer name alone", name),
    )


def wider_hashes(key: bytes, officer: EngagedOfficer) -> tuple[bytes, bytes, bytes]:
    """The same of the wider forms, which were not remembered from the first."""
    name, title = _wide_name(officer.name), fold_words(officer.title)
    return (
        _hashed(key, b"officer wide id", _id_number(officer.id).translate(_AS_DIGITS)),
        _hashed(key, b"officer wide name", f"{name}|{title}"),
        _hashed(key, b"officer wide name alone", name),
    )


def _wide_name(name: str) -> str:
    """The words of a name in the normal form of people's names, without initials, titles, degrees
    and what stands beside it, and with particles joined to what they stand before, in their
    order."""
    found: list[str] = []
    head = ""
    for word in words_of(_BESIDE_NAME.sub(" ", name)):
        if word in _JOINED:
            head += word
        elif len(word) > 1 and word not in _BESIDE_WORDS:
            found.append(head + word)
            head = ""
    if head:
        found.append(head)
    return " ".join(sorted(found)) or " ".join(sorted(_name_words(name)))


def _name_words(name: str) -> list[str]:
    """The words of an officer's name, digits read as the letters that they are written for, without
    forms of address, suffixes and initials, unless nothing else is written."""
    words = split_words(name.translate(_AS_LETTERS))
    return [word for word in words if len(word) > 1 and word not in _ADDRESSED] or words


def _id_number(text: str) -> str:
    """An officer's id in normal form: the letter O among digits is a zero, and zeros before a
    number say nothing."""
    folded = fold_number(text)
    return _LEADING_ZEROS.sub("", _ZERO_AS_LETTER.sub("0", folded))


def earlier_officer_hash(key: bytes, officer: EngagedOfficer) -> bytes:
    """The first version's hash of an engaged officer."""
    return _hashed(key, b"officer", earlier_entry(officer.id))


def _hashed(key: bytes, kind: bytes, text: str) -> bytes:
    return hmac.digest(key, kind + b"\x00" + utf8(text), "sha256")[:OFFICER_HASH_BYTES]


def officer_loads(officer: EngagedOfficer, facts: BatchFacts, history: History) -> tuple[int, int]:
    """(requests that name this officer, by id, or by name and title, whichever are more; requests
    that name an officer of this one's name), batch and history together."""
    earlier = history.officers.get(earlier_officer_hash(facts.key, officer), 0)
    by_id, by_title, by_name = (
        _named(hashed, facts, history) for hashed in officer_hashes(facts.key, officer)
    )
    wide_id, wide_title, wide_name = (
        _named(hashed, facts, history) for hashed in wider_hashes(facts.key, officer)
    )
    by_id, by_title = max(by_id, wide_id), max(by_title, wide_title)
    return earlier + max(by_id, by_title), max(by_name, wide_name)


def _named(hashed: bytes, facts: BatchFacts, history: History) -> int:
    return facts.officers.get(hashed, 0) + history.officers.get(hashed, 0)
