"""Lists of recalls (docs/formats/recall.md) that a made-up office signs, good ones and forged ones,
each with an answer, and what verify.html says of both."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core import canonical
from counterfoil.tlog.encoding import from_base64, to_base64
from tests.accountability.publication.both import Asked
from tests.accountability.publication.vectors import answer, url_base64
from tests.ledger.history import Held
from tests.ledger.office import KEY, ORIGIN, SIGNER
from tests.ledger.test_verifier import HELD
from tests.tlog import reference

FORMAT = "counterfoil-recalls-1"
SALT = to_base64(b"\5" * 32)
MADE_AT = "2026-05-20T00:00:00Z"


def envelope_of(asked: Asked) -> dict[str, Any]:
    part = asked.files[f"{asked.main}.jws"].split(b".")[1].decode()
    data = from_base64(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4))
    return json.loads(data or b"")


def recall(batch: str, rows: Sequence[str], number: int = 1) -> tuple[bytes, bytes]:
    """An entry `recall`, and what opens it."""
    digest = canonical.commit(b"\5" * 32, canonical.encode(list(rows))) if rows else ""
    committed = {"batch": batch, "document": "d", "duties": [1, 2], "number": number,
                 "reason": "r", "rows": digest}  # fmt: skip
    entry = {
        "commitment": canonical.commit(b"\5" * 32, canonical.encode(committed)),
        "count": number,
        "kind": "recall",
        "officer": "sha256:" + "00" * 32,
        "second": "sha256:" + "00" * 32,
        "time": "2026-05-19T00:00:00Z",
        "v": 1,
    }
    opening = {"committed": committed, "rows": list(rows), "rows_salt": SALT, "salt": SALT}
    return canonical.encode(entry), canonical.encode(opening).ljust(1024)


def sealed(plain: bytes, secret: bytes, batch: str, number: int = 1) -> str:
    key = hmac.digest(secret, b"counterfoil/recall/v1\0" + batch.encode(), "sha256")
    data = AESGCM(key).encrypt(number.to_bytes(12, "big"), plain, FORMAT.encode())
    return to_base64(data)


def recall_list(
    entries: Sequence[bytes], parts: Sequence[str], *, header: str = FORMAT, **fields: Any
) -> bytes:
    """The holder's list as of these entries; `parts` are the sealed ones of its recalls."""
    held = Held(list(entries))
    lasts, recalls = dict[str, list[Any]](), list[list[Any]]()
    for index, data in enumerate(held.entries):
        path = [to_base64(each) for each in reference.path(index, held.entries)]
        kind, shown = json.loads(data)["kind"], [index, data.decode(), path]
        lasts[kind] = shown
        if kind == "recall":
            recalls.append([*shown, parts[len(recalls)]])
    said = {
        "checkpoint": held.note(),
        "format": FORMAT,
        "kinds": sorted(lasts.values()),
        "made_at": MADE_AT,
        "office": ORIGIN,
        "recalls": recalls,
    } | fields
    kid = f"{ORIGIN}+{KEY.key_id.hex()}"
    first = canonical.encode({"alg": "EdDSA", "kid": kid, "typ": header})
    signed = f"{url_base64(first)}.{url_base64(canonical.encode(said))}"
    return f"{signed}.{url_base64(SIGNER.private.sign(signed.encode()))}".encode()


@cache
def listed() -> tuple[Asked, ...]:
    """Every case, made once."""
    return tuple(_listed())


def _listed() -> Iterator[Asked]:
    """An answer with a list of recalls; `expected` is the exit code and the last statement or, of
    code 5, the reason."""
    one = answer()
    said = envelope_of(one)
    batch, salt = said["batch"], from_base64(said["salt"]) or b""
    before = [*HELD.entries[:14], from_base64(said["ledger"]["entry"]) or b""]
    as_of = f"by the list of {MADE_AT}, complete at"

    def case(name: str, data: bytes, code: str, text: str) -> Asked:
        return replace(one, name=f"recalls: {name}", recalls=data, expected=(code, text))

    yield case("none", recall_list(before, []), "0", f"It is not recalled {as_of} 15 entries.")
    entry, plain = recall(batch, [])
    whole = recall_list([*before, entry], [sealed(plain, salt, batch)])
    told = f"RECALLED: all of it, by entry 15 at 2026-05-19T00:00:00Z; {as_of} 16 entries."
    yield case("all of it", whole, "6", told)
    yield case("with a newline", whole + b"\n", "6", told)
    named, opening = recall(batch, ["q1", "q3"])
    rows = recall_list([*before, named], [sealed(opening, salt, batch)])
    yield case("two rows", rows, "6", told.replace("all of it", "q1, q3"))
    by_file = sealed(plain, said["request_file_digest"].encode(), batch)
    yield case("of rows that were disposed of", recall_list([*before, entry], [by_file]), "6", told)
    others = sealed(plain, b"\1" * 32, "b-other")
    none = f"It is not recalled {as_of} 16 entries."
    yield case("of another answer", recall_list([*before, entry], [others]), "0", none)
    incomplete = "the list of recalls is not complete"
    yield case(
        "a recall left out", recall_list([*before, entry], [others], recalls=[]), "5", incomplete
    )
    lasts = [each for each in json.loads(_payload(whole))["kinds"] if '"recall"' not in each[1]]
    left = recall_list([*before, entry], [others], recalls=[], kinds=lasts)
    yield case("its kind left out", left, "5", incomplete)
    yield case(
        "a kind twice",
        recall_list([*before, entry], [others], kinds=[*lasts, lasts[0]]),
        "5",
        incomplete,
    )
    kinds = json.loads(_payload(whole))["kinds"]
    twice = recall_list([*before, entry], [others], kinds=[*kinds, kinds[0]])
    yield case("a kind twice that adds up", twice, "5", incomplete)
    shown = [[str(kinds[-1][0]), *kinds[-1][1:]]]
    text = recall_list([*before, entry], [others], kinds=[*kinds[:-1], *shown])
    yield case("an index as text", text, "5", "an index is none")
    early = "the list of recalls was made before this answer was released"
    yield case("of before the release", recall_list(before[:14], []), "5", early)
    wrong = sealed(recall("b-other", [])[1], salt, batch)
    bad = "a recall is not what its entry commits to"
    yield case("that says another batch", recall_list([*before, entry], [wrong]), "5", bad)
    yield case(
        "that says other rows",
        recall_list([*before, entry], [sealed(opening, salt, batch)]),
        "5",
        bad,
    )
    yield case(
        "without a time",
        recall_list(before, [], made_at="now"),
        "5",
        "the list of recalls says no time",
    )
    other = recall_list(before, [], office="made-up.example/other")
    yield case("of another office", other, "5", "the list of recalls is another holder's")
    otherwise = "it is of another format, or names another key"
    yield case("signed as something else", recall_list(before, [], header="x"), "5", otherwise)
    form = "the list of recalls has a field too many or too few"
    yield case("a field too many", recall_list(before, [], more=1), "5", form)
    altered = whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]
    yield case(
        "altered", altered, "5", "the list of recalls is altered, or the holder did not sign it"
    )
    yield case("empty", b"", "5", "the list of recalls is not a compact JWS")
    many = [recall(batch if at == 7 else "b-other", [], at + 1) for at in range(255)]
    parts = [
        sealed(each, salt, batch if at == 7 else "b-other", at + 1)
        for at, (_, each) in enumerate(many)
    ]
    long = recall_list([*before, *(each for each, _ in many)], parts)
    yield case("hundreds", long, "6", told.replace("15 at", "22 at").replace("16", "270"))


def _payload(jws: bytes) -> bytes:
    part = jws.split(b".")[1].decode()
    text = part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4)
    return from_base64(text) or b""
