"""Finds the homes that questions lead to in page files of format 3 (sealing.py, page_file.py).

    1  The exact bucket of each question is read, many questions in the order of their tags.
    2  Where one is held, it says which homes the keys of its line lead to, and those of `place`
       where the question's pair of city and state is one that its rows name.
    3  For every other key of a question the filters are asked, and the few values read that may be
       there. A mark of a known place is looked up only where a home at a known place was found.
    4  The homes that were found, and are not open yet, are read.

What is read depends on what is found. That does not show outside: answers leave at release times.

A snapshot is one page file, or several: a file of changes comes before those that it changes, and
the first file that holds a tag has its value. An exact bucket of no residents, or a tolerant one of
no references, says that there is nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from counterfoil import normalize
from counterfoil.core.values import AddressForm, AddressKey, Resident
from counterfoil.register.bucket import EXACT
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.pages import page_file
from counterfoil.register.pages.page_file import OTHER, PageReader
from counterfoil.register.pages.sealing import (
    KNOWN_PLACE,
    TOLERANCES,
    ExactBody,
    Reference,
    open_exact,
    open_references,
    tag_of,
)

Found = tuple[str, bytes]
"""A tolerance, and the secret of a home that it leads to."""
Routes = Mapping[str, Sequence[tuple[str, list[Reference]]]]
Sealed = tuple[bytes, bytes]
"""A value, and the salt of its file."""
_MARKS: Final = frozenset({normalize.KNOWN_LINE, normalize.KNOWN_ZIP})


def leads_of(body: ExactBody, pair: str) -> list[Found]:
    """Where the held bucket of a question leads, but for `place` if `pair` is not among its own."""
    found = [(TOLERANCES[code], secret) for code, secret in body.streets]
    return found + [(normalize.PLACE, secret) for secret in body.places.get(pair, ())]


def needs_place(body: ExactBody, pair: str) -> bool:
    """Whether a question whose exact bucket is held has to look up `place`."""
    return bool(pair) and pair not in body.places


def follow(
    routes: Iterable[tuple[str, Sequence[Reference]]], known: Mapping[str, bool]
) -> list[Found]:
    """The homes that tolerant buckets lead to, in the order of their keys. known: by the name of a
    mark, whether the asked place has it."""
    found: list[Found] = []
    for tolerance, references in routes:
        mark = mark_of(tolerance)
        asked_is_known = bool(mark) and known.get(mark, False)
        found += [
            (tolerance, home)
            for home, home_is_known in references
            if not (asked_is_known and home_is_known)
        ]
    return found


def mark_of(tolerance: str) -> str:
    """The mark that closes a tolerance between two known places; "" for units of one house, which
    are no two places of which one is a slip of the other."""
    if tolerance == normalize.UNIT:
        return ""
    return normalize.KNOWN_ZIP if tolerance == normalize.PLACE else normalize.KNOWN_LINE


def is_open(body: ExactBody | None) -> bool:
    """Whether somebody lives there."""
    return body is not None and bool(body.residents)


class _Question:
    """What is known of one question while its homes are found."""

    __slots__ = ("address", "found", "pair", "routes", "secret", "tag")

    def __init__(self, address: AddressForm) -> None:
        self.address = address
        self.pair = normalize.city_pair(address)
        self.secret = self.tag = b""
        self.found: list[Found] = []
        self.routes: list[tuple[str, list[Reference]]] = []


class SealedPages:
    """The page files of a snapshot, and what opens their buckets. `values_read` counts."""

    def __init__(
        self, files: Sequence[PageReader], custodian: KeyCustodian, forms_version: str
    ) -> None:
        """files: the newest first."""
        self._files = files
        self._custodian = custodian
        self._forms = forms_version
        self.values_read = 0

    @property
    def pages_read(self) -> int:
        """How many pages were read."""
        return sum(file.pages_read for file in self._files)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def find(
        self, addresses: Sequence[AddressForm]
    ) -> tuple[list[list[Found]], dict[bytes, tuple[Resident, ...]]]:
        """For each address the homes that its keys lead to, in the order of the keys; and the
        residents of each home by its secret. Raises StoreFault, VerifyFault."""
        questions = [_Question(address) for address in addresses]
        bodies = self._open_asked(questions)
        tolerant: list[tuple[_Question, AddressKey]] = []
        for question in questions:
            body = bodies.get(question.secret)
            if is_open(body):
                assert body is not None
                question.found = [(EXACT, question.secret), *leads_of(body, question.pair)]
                if needs_place(body, question.pair):
                    tolerant.append((question, normalize.address_keys(question.address)[-1]))
            elif question.secret:
                keys = normalize.address_keys(question.address)[1:]
                tolerant += [(question, key) for key in keys]
        self._read_routes(tolerant)
        self._follow_routes([question for question in questions if question.routes])
        missing = {home for question in questions for _, home in question.found} - bodies.keys()
        if missing:
            bodies |= self.open_homes(missing)
        homes = {secret: body.residents for secret, body in bodies.items() if body.residents}
        return [question.found for question in questions], homes

    @property
    def first_salt(self) -> bytes:
        """The salt of the newest file."""
        return self._files[0].salt

    def keys_of(self, salt: bytes, secrets: Sequence[bytes]) -> list[bytes]:
        """The keys of the buckets of these secrets in the file of this salt."""
        return self._custodian.bucket_keys(salt, secrets)

    def derive(self, keys: Sequence[AddressKey]) -> list[bytes]:
        """The secret of each address key."""
        return self._custodian.derive_secrets(keys, self._forms)

    def read(self, section: int, tags: Iterable[bytes]) -> dict[bytes, Sealed]:
        """The value of each tag that has one, and the salt of its file."""
        found: dict[bytes, Sealed] = {}
        wanted = list(tags)
        for file in self._files:
            if not wanted:
                break
            salt, values = file.salt, file.get_many(section, wanted)
            for tag, value in values.items():
                found[tag] = (value, salt)
            wanted = [tag for tag in wanted if tag not in values]
        self.values_read += len(found)
        return found

    def open_homes(self, secrets: Iterable[bytes]) -> dict[bytes, ExactBody]:
        """The exact bucket of each secret that has one."""
        return {
            secret: open_exact(value, tag=tag, key=key)
            for secret, tag, key, value in self._unlocked(page_file.EXACT, secrets)
        }

    def open_tolerant(self, secrets: Iterable[bytes]) -> dict[bytes, list[Reference]]:
        """The references of each tolerant bucket that is there."""
        return {
            secret: open_references(value, tag=tag, key=key)
            for secret, tag, key, value in self._unlocked(OTHER, secrets)
        }

    def _unlocked(
        self, section: int, secrets: Iterable[bytes]
    ) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
        """(secret, tag, key, value) of each secret that has a bucket. The custodian, which may be
        another process, is asked once for each file."""
        tags = {tag_of(secret): secret for secret in secrets}
        found = self.read(section, tags)
        by_file: dict[bytes, list[bytes]] = {}
        for tag, (_, salt) in found.items():
            by_file.setdefault(salt, []).append(tag)
        for salt, of_file in by_file.items():
            keys = self.keys_of(salt, [tags[tag] for tag in of_file])
            for tag, key in zip(of_file, keys, strict=True):
                yield tags[tag], tag, key, found[tag][0]

    def find_marks(self, keys: Sequence[AddressKey]) -> list[bool]:
        """Whether each known-place key names a known place."""
        tags = [tag_of(secret) for secret in self.derive(keys)]
        stored = self.read(OTHER, set(tags))
        return [tag in stored and stored[tag][0] == KNOWN_PLACE for tag in tags]

    def _open_asked(self, questions: Sequence[_Question]) -> dict[bytes, ExactBody]:
        exact = [(question, normalize.exact_keys(question.address)) for question in questions]
        asked = [question for question, keys in exact if keys]
        keys = [key for _, keys in exact for key in keys]
        for question, secret in zip(asked, self.derive(keys), strict=True):
            question.secret = secret
        return self.open_homes({question.secret for question in asked})

    def _read_routes(self, tolerant: Sequence[tuple[_Question, AddressKey]]) -> None:
        if not tolerant:
            return
        secrets = self.derive([key for _, key in tolerant])
        opened = self.open_tolerant(set(secrets))
        for (question, key), secret in zip(tolerant, secrets, strict=True):
            if secret in opened:
                question.routes.append((key.tolerance, opened[secret]))

    def _follow_routes(self, questions: Sequence[_Question]) -> None:
        """Add the homes that tolerant buckets lead to; look up the marks that could close one."""
        wanted: dict[str, AddressKey] = {}
        asked: list[dict[str, str]] = []
        for question in questions:
            closing = {
                mark_of(tolerance)
                for tolerance, references in question.routes
                if any(known for _, known in references)
            } & _MARKS
            places = normalize.known_place_keys(question.address) if closing else ()
            own = {place.tolerance: place for place in places if place.tolerance in closing}
            wanted |= {place.key: place for place in own.values()}
            asked.append({mark: place.key for mark, place in own.items()})
        marks_found = self.find_marks(list(wanted.values())) if wanted else ()
        known = dict(zip(wanted, marks_found, strict=True))
        for question, marks in zip(questions, asked, strict=True):
            own_marks = {mark: known[key] for mark, key in marks.items()}
            question.found += follow(question.routes, own_marks)
