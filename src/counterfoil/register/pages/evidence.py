"""The sealed buckets behind one question, for an evidence bundle: how they are collected from page
files, and how they are opened again as the register opens them.

The bundle shows every bucket of the asked address, those too that the register need not read where
the exact one is held. Whoever has an `EvidenceBuckets` can open nothing else of the register.
"""

from __future__ import annotations

from collections.abc import Sequence

from counterfoil import normalize
from counterfoil.core.values import AddressForm, Resident, Sensitive
from counterfoil.register.bucket import EXACT
from counterfoil.register.pages import page_file
from counterfoil.register.pages.page_file import OTHER
from counterfoil.register.pages.reader import (
    Found,
    SealedPages,
    follow,
    is_open,
    leads_of,
    needs_place,
)
from counterfoil.register.pages.sealing import (
    KNOWN_PLACE,
    ExactBody,
    Reference,
    open_exact,
    open_references,
    tag_of,
)


class EvidenceBucket(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """One bucket: tag (32 bytes, of format 3 16), key (32 bytes), the sealed value, or b"" where
    the store holds none."""

    tolerance: str
    tag: bytes
    key: bytes
    value: bytes


class EvidenceBuckets(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """The buckets behind one grant's address, as they are sealed, with the keys that open them.

    doors: one for each of its address keys in the order of their table, then its known places; the
    value is empty where the store has no bucket. homes: the exact buckets that these lead to and
    that are not among them. The field names are stored in evidence bundles.
    """

    doors: tuple[EvidenceBucket, ...]
    homes: tuple[EvidenceBucket, ...]
    asked_tin_hash: bytes


_MARKS = (normalize.KNOWN_LINE, normalize.KNOWN_ZIP)


def collect_pages(
    pages: SealedPages, address: AddressForm
) -> tuple[tuple[EvidenceBucket, ...], tuple[EvidenceBucket, ...]]:
    """The buckets of an address, and the homes that they lead to. Raises StoreFault,
    VerifyFault."""
    keys = (*normalize.address_keys(address), *normalize.known_place_keys(address))
    secrets = pages.derive(keys)
    names = [key.tolerance for key in keys]
    doors = _collect(pages, names, secrets)
    found, bodies = _route(doors, secrets[0] if secrets else b"", address)
    led = dict.fromkeys(secret for _, secret in found if secret not in bodies)
    homes = _collect(pages, [EXACT] * len(led), list(led))
    return doors, homes


def _collect(
    pages: SealedPages, names: Sequence[str], secrets: Sequence[bytes]
) -> tuple[EvidenceBucket, ...]:
    tags = [tag_of(secret) for secret in secrets]
    collected: list[EvidenceBucket] = []
    for name, tag, secret in zip(names, tags, secrets, strict=True):
        section = page_file.EXACT if name == EXACT else OTHER
        value, salt = pages.read(section, [tag]).get(tag, (b"", pages.first_salt))
        [key] = pages.keys_of(salt, [secret])
        collected.append(EvidenceBucket(name, tag, key, value))
    return tuple(collected)


def open_collected(
    doors: Sequence[EvidenceBucket], homes: Sequence[EvidenceBucket], address: AddressForm
) -> tuple[list[Found] | None, dict[bytes, tuple[Resident, ...]]]:
    """The homes that collected buckets lead to, by tag, and who lives there; None where the homes
    are not those that they lead to. Pure. Raises VerifyFault `register_bucket_altered`."""
    exact = doors[0].tag if doors else b""
    found, bodies = _route(doors, exact, address)
    by_tag = [(name, home if home == exact else tag_of(home)) for name, home in found]
    bodies |= {
        each.tag: open_exact(each.value, tag=each.tag, key=each.key) for each in homes if each.value
    }
    shown = {each.tag for each in homes}
    led = {home for _, home in by_tag if home != exact}
    are_those = shown == led and len(shown) == len(homes)
    people = {home: body.residents for home, body in bodies.items() if body.residents}
    return (by_tag if are_those else None), people


def _route(
    doors: Sequence[EvidenceBucket], exact: bytes, address: AddressForm
) -> tuple[list[Found], dict[bytes, ExactBody]]:
    """Where the buckets of an address lead, and what is open by now; `exact` stands for its own
    exact bucket."""
    pair = normalize.city_pair(address)
    bodies: dict[bytes, ExactBody] = {}
    for each in doors:
        if each.tolerance == EXACT and each.value:
            bodies[exact] = open_exact(each.value, tag=each.tag, key=each.key)
    known = {each.tolerance: each.value == KNOWN_PLACE for each in doors}
    routes: list[tuple[str, list[Reference]]] = [
        (each.tolerance, open_references(each.value, tag=each.tag, key=each.key))
        for each in doors
        if each.value and each.tolerance not in (EXACT, *_MARKS)
    ]
    body = bodies.get(exact)
    if body is None or not is_open(body):
        return follow(routes, known), bodies
    if needs_place(body, pair):
        places = [route for route in routes if route[0] == normalize.PLACE]
    else:
        places = []
    return [(EXACT, exact), *leads_of(body, pair), *follow(places, known)], bodies
