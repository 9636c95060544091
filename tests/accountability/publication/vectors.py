"""The files that both verifiers are held to: good ones, and one of each way in which a file can be
wrong. All of it follows from fixed keys, so `python -m tests.accountability.publication.vectors`
writes the same folder `tests/vectors/verify` each time."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from counterfoil.core import canonical
from counterfoil.tlog.consistency import Consistency
from counterfoil.tlog.cosignature import cosign, cosigner_key
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import parse_note, signature_line, verifier_key
from counterfoil.tlog.tlog_proof import Proof
from tests.accountability.publication.both import Asked, by_program
from tests.ledger.history import Held
from tests.ledger.office import KEY, ORIGIN, SIGNER
from tests.ledger.test_verifier import ATTESTATION, CONSISTENCY, HELD, PROOF
from tests.ledger.test_verifier_trust import BAD, TIME, cosigned, policy_of
from tests.tlog import reference
from tests.tlog.test_mldsa import MLDSA_KEY
from tests.tlog.test_witness import key, signer

FOLDER = Path(__file__).parents[2] / "vectors" / "verify"
VERIFIED_ON = "2026-06-01"
MARKUP = '<script>alert("x")</script>'
ROWS = (
    b'{"request_id":"q1","answer":"confirmed","codes":[]}\n'
    b'{"request_id":"q2","answer":"not_confirmed","codes":[]}\n'
    b'{"request_id":"q3","answer":"refused","codes":["period","purpose"]}\n'
    b'{"request_id":"q4","answer":"not_compared","codes":["keeper_limit"]}\n'
)
CSV = (
    b"request_id,answer,codes\r\nq1,confirmed,\r\nq2,not_confirmed,\r\n"
    b"q3,refused,period;purpose\r\nq4,not_compared,keeper_limit\r\n"
)
REJECTED = b'{"request_id":"","answer":"rejected","codes":["request_id_missing"],"row":9}\n'
REJECTED_CSV = (
    b"request_id,answer,codes,row\r\nq1,confirmed,,\r\n,rejected,request_id_missing,9\r\n"
)


def asked(what: str, text: str, **more: Any) -> Asked:
    return Asked(what, what, what, {what: text.encode()}, str(KEY), **more)


def everything() -> dict[str, list[Asked]]:
    """Every vector, by the file that it stands in."""
    return {
        "proofs": [*proofs(), *trees()],
        "keys": [*keys(), *trust()],
        "consistency": [*consistency()],
        "attestations": [*attestations()],
        "answers": [*answers(), *envelopes()],
    }


# -- what can be wrong with any text -----------------------------------------------------------


def spoiled(one: Asked) -> Iterator[Asked]:
    """The same question of files that say the same in another way, or that end early."""
    raw = one.files[one.main]
    lines = raw.split(b"\n")
    yield one.altered("CRLF", raw.replace(b"\n", b"\r\n"))
    yield one.altered("BOM", b"\xef\xbb\xbf" + raw)
    yield one.altered("UTF-16", raw.decode().encode("utf-16"))
    yield one.altered("no UTF-8", raw.replace(b"made-up", b"made\xffup"))
    yield one.altered("half a character", raw.replace(b"made-up", b"made\xed\xa0\x80up"))
    yield one.altered("cut in the middle", raw[: len(raw) // 2])
    yield one.altered("cut at the end", raw[:-1])
    yield one.altered("empty", b"")
    yield one.altered("a line more", raw + b"\n")
    yield one.altered("blank at the end", raw[:-1] + b" \n")
    yield one.altered("tab", raw.replace(b" ", b"\t"))
    yield one.altered("NUL", raw + b"\0")
    yield one.altered("line separator", raw.replace(b"\n", "\u2028".encode(), 1))
    yield one.altered("next line", raw.replace(b"\n", "\u0085\n".encode(), 2))
    yield one.altered("lines the other way round", b"\n".join(lines[::-1]))
    yield one.altered("every line doubled", b"\n".join(each for each in lines for _ in "xx"))
    yield one.altered("markup", raw.replace(b"made-up", MARKUP.encode()))


# -- proofs ------------------------------------------------------------------------------------


def proofs() -> Iterator[Asked]:
    good = asked("proof", PROOF)
    yield good
    yield from spoiled(good)
    bare = PROOF.replace(f"extra {to_base64(HELD.entries[9])}\n", "")
    entry = HELD.entries[9]
    yield asked("proof", bare)
    yield replace(asked("proof", bare, entry=entry + b"\n"), name="proof: its entry beside it")
    yield replace(asked("proof", bare, entry=b"9 " + entry), name="proof: entry after its index")
    yield replace(asked("proof", PROOF, entry=HELD.entries[8]), name="proof: another entry")
    yield replace(asked("proof", bare, entry=b"no object"), name="proof: entry that is none")
    for index in ("09", "-1", "+9", "9.0", "15", "10", "9223372036854775808", "1e1", "\u0669"):
        yield good.altered(f"index {index}", PROOF.replace("index 9", f"index {index}").encode())
    hashes = [to_base64(each) for each in reference.path(9, HELD.entries)]
    body = "\n".join(hashes)
    for name, other in (
        ("hash left out", hashes[1:]),
        ("hash too many", [*hashes, hashes[0]]),
        ("hashes exchanged", [hashes[1], hashes[0], *hashes[2:]]),
        ("hash of 31 bytes", [to_base64(b"\1" * 31), *hashes[1:]]),
        ("hash in another form of base64", [hashes[0][:-2] + "B=", *hashes[1:]]),
        ("hash in base64url", [hashes[0].replace("/", "_").replace("+", "-"), *hashes[1:]]),
        ("hash without padding", [hashes[0].rstrip("="), *hashes[1:]]),
    ):
        yield good.altered(name, PROOF.replace(body, "\n".join(other)).encode())
    note = HELD.note()
    other = Held([*HELD.entries[:9], HELD.entries[8], *HELD.entries[10:]]).note()
    yield good.altered("of another tree", PROOF.replace(note, other).encode())
    yield good.altered("of an earlier checkpoint", PROOF.replace(note, HELD.note(12)).encode())
    for name, size, root in (
        ("size with a leading zero", "015", None),
        ("root of 31 bytes", "15", to_base64(b"\1" * 31)),
        ("empty ledger with a root", "0", to_base64(b"\1" * 32)),
        ("ledger of 2^63", "9223372036854775808", None),
    ):
        text = parse_note(note).text
        changed = "\n".join([ORIGIN, size, root or text.split("\n")[2], ""])
        line = signature_line(ORIGIN, KEY.key_id + SIGNER.private.sign(changed.encode()))
        yield good.altered(name, PROOF.replace(note, f"{changed}\n{line}").encode())
    node = b"\1" + reference.mth(HELD.entries[:8]) + reference.mth(HELD.entries[8:])
    swapped = str(Proof(0, (), note, b"")).replace("index 0", f"extra {to_base64(node)}\nindex 0")
    yield good.altered("a node shown as an entry", swapped.encode())


def trees() -> Iterator[Asked]:
    """Every entry of every small tree."""
    for size in (1, 2, 3, 4, 5, 7, 8, 9):
        held = Held(HELD.entries[:size])
        for index in range(size):
            path = tuple(reference.path(index, held.entries))
            proof = str(Proof(index, path, held.note(), held.entries[index]))
            yield replace(asked("proof", proof), name=f"proof: entry {index} of {size}")


# -- keys, signatures, policies ----------------------------------------------------------------


def keys() -> Iterator[Asked]:
    good = asked("proof", PROOF)
    order_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    for name, line in (
        ("of another holder", str(signer(3).verifier)),
        ("another key of this name", str(verifier_key(ORIGIN, signer(3).verifier.public))),
        ("with a wrong id", str(KEY).replace(KEY.key_id.hex(), "00000000")),
        ("with an id in capitals", str(KEY).replace(KEY.key_id.hex(), KEY.key_id.hex().upper())),
        ("of type 4", str(cosigner_key(ORIGIN, KEY.public))),
        ("of type 6", str(MLDSA_KEY)),
        ("whose point is 0", str(verifier_key(ORIGIN, bytes(32)))),
        ("whose point is of order 8", str(verifier_key(ORIGIN, order_8))),
        ("beyond the field", str(verifier_key(ORIGIN, b"\xff" * 32))),
        ("that is no point", str(verifier_key(ORIGIN, b"\x02" + bytes(31)))),
        ("of 31 bytes", str(KEY)[:-4]),
        ("with a blank", str(KEY).replace("/", " ")),
        ("with no base64", str(KEY)[:-1] + "!"),
        ("of two lines", f"{KEY}\n{KEY}"),
        ("that is empty", ""),
        ("that is markup", MARKUP),
        ("__proto__", "__proto__+00000000+AAAA"),
    ):
        yield replace(good, name=f"key {name}", key=line)
    text = parse_note(HELD.note()).text
    line = PROOF.rstrip("\n").rsplit("\n", 1)[1] + "\n"
    for name, more in (
        ("an unknown key's", cosign(text, signer(2), TIME)),
        ("of an unknown algorithm", signature_line(ORIGIN, b"\1\2\3\4" + b"\xff" * 20)),
        ("the holder's once more", line),
        ("the holder's id, altered", signature_line(ORIGIN, KEY.key_id + bytes(64))),
        ("the holder's with another S", signature_line(ORIGIN, KEY.key_id + _with_another_s(line))),
        ("of four bytes", signature_line("x", b"\1\2\3\4")),
        ("without a dash", line[2:]),
        ("a hundred unknown ones", signature_line("x", b"\1\2\3\4\5") * 100),
        ("ninety-nine unknown ones", signature_line("x", b"\1\2\3\4\5") * 99),
    ):
        yield good.altered(f"signature: {name}", (PROOF + more).encode())
    yield good.altered("no signature", PROOF.replace(line, "").encode())
    yield good.altered(
        "only others sign", PROOF.replace(line, cosign(text, signer(2), TIME)).encode()
    )


def _with_another_s(line: str) -> bytes:
    """The signature of a line, its S larger by the order of the group: a lax reader takes it too."""
    signature = base64.b64decode(line.split(" ")[2])[4:]
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    return signature[:32] + s.to_bytes(32, "little")


def trust() -> Iterator[Asked]:
    """Witnesses and policies. The page checks no ML-DSA-44: what it says then is stated here."""
    for name, by, at in (
        ("good", 2, TIME),
        ("at 0", 2, 0),
        ("at 2^63 - 1", 2, 2**63 - 1),
        ("no", 3, TIME),
    ):
        text = parse_note(HELD.note()).text
        line = cosign(text, signer(by), at or TIME)
        if not at:
            stamped = signer(2).private.sign(f"cosignature/v1\ntime 0\n{text}".encode())
            line = signature_line(key(2).name, key(2).key_id + bytes(8) + stamped)
        for witness in (str(key(2)), str(signer(2).verifier)):
            one = asked("proof", PROOF + line, witnesses=(witness,))
            yield replace(one, name=f"witness of type {1 + 3 * (witness == str(key(2)))}: {name}")
    yield replace(asked("proof", PROOF, witnesses=(str(KEY),)), name="holder as its own witness")
    for by in ((2, 3), (2,), (), (2, 3, 4), (3, 4)):
        for least in ("2", "any", "all"):
            policy = policy_of(2, 3, 4, least=least).encode()
            one = asked("proof", cosigned(*by), policy=policy)
            yield replace(one, name=f"policy {least} of 2, 3, 4: {by} cosigned")
    for place, bad in enumerate(BAD):
        yield replace(asked("proof", PROOF, policy=bad.encode()), name=f"no policy {place}")
    for name, policy in (
        ("of this log", f"log {KEY}\nquorum none\n"),
        ("of another log", f"log {signer(3).verifier}\nquorum none\n"),
        ("with a URL, tabs and comments", f"# \xe4\nlog {KEY} https://x\nquorum\tnone #\n"),
        ("with DEL in a comment", f"log {KEY}\n#\x7f\nquorum none\n"),
        ("with CRLF", f"log {KEY}\r\nquorum none\r\n"),
        ("of __proto__", f"witness __proto__ {key(2)}\nquorum __proto__\n"),
        ("of constructor", "quorum constructor\n"),
        ("of a group in a group", f"witness a {key(2)}\nwitness b {key(3)}\ngroup g any a b\n"
         "group h all g\nquorum h\n"),
    ):  # fmt: skip
        one = asked("proof", cosigned(2), policy=policy.encode())
        yield replace(one, name=f"policy {name}")
    first = f"1. {ORIGIN} signed its ledger at 15 entries"
    remark = f" (The ML-DSA-44 cosignature of {MLDSA_KEY.name} was not checked here, and does not count.)"
    both = cosigned(2, ml_dsa=True)
    none = "DOES NOT VERIFY: a witness that you named did not cosign this checkpoint"
    yield replace(asked("proof", both, witnesses=(str(MLDSA_KEY),)), name="ML-DSA asked for",
        expected=("5", none + remark))  # fmt: skip
    policy = policy_of(2, least="any", ml_dsa=True).encode()
    yield replace(asked("proof", both, policy=policy), name="ML-DSA beside an Ed25519 that is enough",
        expected=("0", f"{first}; {key(2).name} cosigned at 2026-03-02T14:05:00Z.{remark}"))  # fmt: skip
    none = "DOES NOT VERIFY: those who cosigned this checkpoint are no quorum of the policy"
    policy = policy_of(2, least="all", ml_dsa=True).encode()
    yield replace(asked("proof", both, policy=policy), name="ML-DSA demanded by a policy",
        expected=("5", none + remark))  # fmt: skip
    yield replace(asked("proof", cosigned(2), policy=policy), name="ML-DSA demanded and not there")


# -- consistency -------------------------------------------------------------------------------


def consistency() -> Iterator[Asked]:
    good = asked("consistency", CONSISTENCY)
    yield good
    yield from spoiled(good)
    for old in range(8):
        for new in range(old, 9):
            path = tuple(reference.consistency(old, HELD.entries[:new]))
            made = Consistency(path, HELD.note(old), HELD.note(new))
            yield replace(asked("consistency", str(made)), name=f"consistency: {old} and {new}")
            longer = replace(made, hashes=(*path, bytes(32)))
            if old % 3 == 1:
                yield replace(
                    asked("consistency", str(longer)), name=f"a hash too many: {old}, {new}"
                )
    path = tuple(reference.consistency(6, HELD.entries))
    other = Held([HELD.entries[1], HELD.entries[0], *HELD.entries[2:]])
    for name, made in (
        ("the other way round", Consistency(path, HELD.note(), HELD.note(6))),
        ("of a rewritten ledger", Consistency(path, other.note(6), HELD.note())),
        ("of a ledger rewritten later", Consistency(path, HELD.note(6), other.note())),
        ("of one size and two roots", Consistency((), HELD.note(15), other.note(15))),
        ("without its proof", Consistency((), HELD.note(6), HELD.note())),
    ):
        yield replace(asked("consistency", str(made)), name=f"consistency {name}")


# -- attestations ------------------------------------------------------------------------------


def attestations() -> Iterator[Asked]:
    good = asked("attestation", ATTESTATION)
    yield good
    yield from spoiled(good)
    shown = [*range(6), 6, 8, 9, 10, 11]
    for name, made in (
        ("without an earlier checkpoint", HELD.attestation(6, 11, shown)),
        ("an edge left out", HELD.attestation(6, 11, [*range(6), 6, 8, 9, 10], older=6)),
        ("a kind left out", HELD.attestation(6, 11, [0, 2, 3, 4, 5, 6, 8, 9, 10, 11], older=6)),
        ("a range too short", HELD.attestation(6, 10, [*range(6), 6, 8, 9, 10, 11], older=6)),
        ("a range too long", HELD.attestation(5, 11, shown, older=4)),
        ("of a release", HELD.attestation(5, 11, [*range(6), 6, 8, 9, 10, 11], older=5)),
        ("an earlier one that is later", HELD.attestation(6, 11, shown, older=12)),
    ):
        yield replace(asked("attestation", str(made)), name=f"attestation {name}")
    for name, old, new in (
        ("kind exchanged", "none release", "none review"),
        ("kind that is none", "none release", "none constructor"),
        ("day exchanged", "to 2026-04-30", "to 2026-04-29"),
        ("no day", "to 2026-04-30", "to 2026-04-31"),
        ("year 0", "from 2026-04-01", "from 0000-04-01"),
        ("days the other way round", "from 2026-04-01", "from 2026-05-01"),
        ("range exchanged", "range 6 11", "range 7 11"),
        ("range the other way round", "range 6 11", "range 11 6"),
        ("tree of another size", "tree 15", "tree 14"),
        ("two blanks before a place", "entry 5 ", "entry  5 "),
        ("a place with a zero", "entry 5 ", "entry 05 "),
        ("no place", "entry 5 ", "entry "),
    ):
        yield good.altered(name, ATTESTATION.replace(old, new, 1).encode())
    lines = ATTESTATION.split("\n")
    unsigned = [each for each in lines if not each.startswith(("tree ", "signed "))]
    yield good.altered(
        "version 1", "\n".join(["counterfoil-attestation-1", *unsigned[1:]]).encode()
    )
    yield good.altered("version 2, not signed", "\n".join(unsigned).encode())
    yield good.altered("version 3", ATTESTATION.replace("attestation-2", "attestation-3").encode())
    at = next(place for place, line in enumerate(lines) if line.startswith("signed "))
    lines[at] = f"signed {to_base64(KEY.key_id + bytes(64))}"
    yield good.altered("its signature altered", "\n".join(lines).encode())
    start, *blocks = ATTESTATION.split("entry ")
    last, _, notes = blocks[-1].partition("\n\n")
    shown = [*blocks[:-1], f"{last}\n"]
    for name, order in (("backwards", shown[::-1]), ("one twice", [*shown, shown[-1]])):
        text = "".join([start, *(f"entry {each}" for each in order), "\n", notes])
        yield good.altered(f"entries: {name}", text.encode())
    yield replace(good, name="attestation on its last day", today="2026-04-30")
    yield from forged_entries()


def forged_entries() -> Iterator[Asked]:
    """The last entry before the range is not in its form; the holder signed the ledger with it."""
    good = HELD.entries[5].decode()
    for name, entry in (
        ("a blank", good.replace(":", ": ", 1)),
        ("a key twice", good.replace('"v":1', '"v":1,"v":1')),
        ("another order", '{"v":1,' + good[1:].replace(',"v":1', "")),
        ("an escape", good.replace("release", "r\\u0065lease")),
        ("half a character", good.replace('"v":1', '"v":1,"x":"\\ud800"')),
        ("a character of four bytes", good.replace('"v":1', '"v":1,"x":"\U0001f600"')),
        ("a line separator", good.replace('"v":1', '"v":1,"x":"\u2028entry 5 {}"')),
        ("count 1.0", good.replace('"count":1', '"count":1.0')),
        ("count 1e0", good.replace('"count":1', '"count":1e0')),
        ("count -0", good.replace('"count":1', '"count":-0')),
        ("count -1", good.replace('"count":1', '"count":-1')),
        ("count 0", good.replace('"count":1', '"count":0')),
        ("count 2", good.replace('"count":1', '"count":2')),
        ("count NaN", good.replace('"count":1', '"count":NaN')),
        ("count true", good.replace('"count":1', '"count":true')),
        ("count as text", good.replace('"count":1', '"count":"1"')),
        ("count null", good.replace('"count":1', '"count":null')),
        ("a number of 2^53", good.replace('"v":1', '"v":9007199254740992')),
        ("a number of 2^53 - 1", good.replace('"v":1', '"v":9007199254740991')),
        ("a number of 400 digits", good.replace('"v":1', f'"v":{"9" * 400}')),
        ("a fraction", good.replace('"v":1', '"v":1.5')),
        ("no count", good.replace('"count":1,', "")),
        ("no kind", good.replace('"kind":"release",', "")),
        ("no time", good.replace('"time":', '"tome":')),
        ("kind empty", good.replace('"release"', '""')),
        ("kind a list", good.replace('"release"', '["release"]')),
        ("kind true", good.replace('"release"', "true")),
        ("kind __proto__", good.replace('"release"', '"__proto__"')),
        ("kind constructor", good.replace('"release"', '"constructor"')),
        ("a field __proto__", good.replace("{", '{"__proto__":{"count":1,"kind":"x"},', 1)),
        ("time a list", good.replace('"2026-03-03T12:00:00Z"', "[]")),
        ("time in another zone", good.replace("T12:00:00Z", "T12:00:00+00:00")),
        ("no object", f"[{good}]"),
        ("an object in a blank", f" {good}"),
        ("500 brackets", good.replace('"v":1', f'"v":1,"x":{"[" * 499}{"]" * 499}')),
        ("5,000 brackets", good.replace('"v":1', f'"v":1,"x":{"[" * 5000}{"]" * 5000}')),
        ("400 brackets", good.replace('"v":1', f'"v":1,"x":{"[" * 400}{"]" * 400}')),
    ):
        entries = [*HELD.entries]
        entries[5] = entry.encode("utf-8", "surrogatepass")
        made = Held(entries).attestation(6, 11, [*range(6), 6, 8, 9, 10, 11], older=6)
        plain = [replace(each, entry=b"@") if each.index == 5 else each for each in made.entries]
        body = (
            str(replace(made, entries=tuple(plain)))
            .encode()
            .replace(b" @\n", b" " + entries[5] + b"\n")
        )
        yield replace(asked("attestation", ""), name=f"entry: {name}", files={"attestation": body})


# -- answers -----------------------------------------------------------------------------------


def answer(
    rows: bytes = ROWS,
    form: str = "jsonl",
    version: int = 1,
    *,
    entry: dict[str, Any] | None = None,
    ledger: dict[str, Any] | None = None,
    payload: bytes | None = None,
    header: bytes | None = None,
    **fields: Any,
) -> Asked:
    """An answer of the holder, any part of it replaced, and signed."""
    digest = "sha256:" + "ab" * 32
    said: dict[str, Any] = {
        "format": f"counterfoil-answer-{version}",
        "office": ORIGIN,
        "agreement": "made-up-agreement",
        "agreement_digest": digest,
        "batch": "b-0f1e2d3c4b5a6978",
        "certificates": {"birth": {"certificate": digest, "limit": 10_000_000}},
        "request_file_digest": digest,
        "register_snapshot": "20260301T000000Z-made-up",
        "rules_digest": digest,
        "use_limits": ["Only for the matter that was named \u00a7."],
        "released_at": "2026-05-12T12:00:00Z",
        "expires_on": "2026-08-10",
        "rows_digest": canonical.digest(rows),
        "row_count": rows.count(b"\n") - (form == "csv"),
        "rows_format": form,
        "salt": to_base64(b"\7" * 32),
    } | fields
    names = set(said) - {"office", "use_limits", "rows_format", "salt", "format"}
    body = canonical.encode(
        {name: said[name] for name in names} | {"format": "counterfoil-release-1"}
    )
    salt = base64.b64decode(str(said["salt"]))
    committed = canonical.digest(b"counterfoil/commit/v1\0" + salt + body)
    release = {
        "answers": committed,
        "batch": said["batch"],
        "count": 2,
        "kind": "release",
        "rows": said["row_count"],
        "time": said["released_at"],
        "v": 1,
    } | (entry or {})
    entries = [*HELD.entries[:14], canonical.encode(release)]
    note = Held(entries).note()
    place = {
        "origin": ORIGIN,
        "index": 14,
        "entry": to_base64(entries[14]),
        "proof": str(Proof(14, tuple(reference.path(14, entries)), note)),
    } | (ledger or {})
    kid = f"{ORIGIN}+{KEY.key_id.hex()}"
    first = header or canonical.encode({"alg": "EdDSA", "kid": kid, "typ": said["format"]})
    parts = [url_base64(first), url_base64(payload or canonical.encode(said | {"ledger": place}))]
    signed = ".".join(parts)
    jws = f"{signed}.{url_base64(SIGNER.private.sign(signed.encode()))}"
    name = f"answers.{form}"
    return Asked("answer", "answer", name, {name: rows, f"{name}.jws": jws.encode()}, str(KEY))


def url_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def answers() -> Iterator[Asked]:
    good = answer()
    yield good
    yield replace(answer(CSV, "csv"), name="answer: CSV")
    yield replace(answer(ROWS + REJECTED, version=2), name="answer: version 2")
    yield replace(answer(REJECTED_CSV, "csv", 2), name="answer: version 2, CSV")
    yield replace(answer(b""), name="answer: no rows")
    yield replace(good, name="answer: on its last day", today="2026-08-10")
    yield replace(good, name="answer: a day later", today="2026-08-11")
    yield replace(good, name="answer: no envelope", files={good.main: ROWS})
    lines = ROWS.splitlines(keepends=True)
    for name, rows in (
        ("a row doubled", lines[0] + ROWS),
        ("a row left out", b"".join(lines[1:])),
        ("rows exchanged", b"".join(lines[::-1])),
        ("a yes made a no", ROWS.replace(b"not_confirmed", b"confirmed")),
        ("cut", ROWS[:-3]),
        ("a newline more", ROWS + b"\n"),
        ("BOM", b"\xef\xbb\xbf" + ROWS),
        ("CRLF", ROWS.replace(b"\n", b"\r\n")),
        ("empty", b""),
    ):
        yield good.altered(name, rows)
    for name, rows, form, version in (
        ("a row that says more", lines[0].replace(b"[]", b'[],"name":"made up"'), "jsonl", 1),
        ("markup as an id", lines[0].replace(b"q1", MARKUP.encode()), "jsonl", 1),
        ("an id of 65", lines[0].replace(b"q1", b"q" * 65), "jsonl", 1),
        ("an empty id", lines[0].replace(b"q1", b""), "jsonl", 1),
        ("a code with a confirmation", lines[0].replace(b"[]", b'["x"]'), "jsonl", 1),
        ("a refusal without a code", lines[2].replace(b'"period","purpose"', b""), "jsonl", 1),
        ("a rejected row in version 1", REJECTED, "jsonl", 1),
        ("no newline at the end", ROWS[:-1], "jsonl", 1),
        ("no newline at the end of version 2", ROWS[:-1], "jsonl", 2),
        ("CRLF", ROWS.replace(b"\n", b"\r\n"), "jsonl", 1),
        ("LF in CSV", CSV.replace(b"\r\n", b"\n"), "csv", 1),
        ("the header of version 2", CSV, "csv", 2),
        ("a header only", b"request_id,answer,codes\r\n", "csv", 1),
        ("half a header", b"request_id,", "csv", 1),
        ("quotes in CSV", CSV.replace(b"q1", b'"q1"'), "csv", 1),
        ("no ASCII", lines[0].replace(b"q1", "q\u00e9".encode()), "jsonl", 1),
        ("NUL", lines[0].replace(b"q1", b"q\0"), "jsonl", 1),
    ):
        yield replace(answer(rows, form, version), name=f"answer: signed with {name}")
    yield replace(answer(row_count=5), name="answer: signed for another number of rows")
    yield replace(answer(expires_on="<b>soon</b>"), name="answer: markup as its last day")
    yield replace(answer(batch=MARKUP), name="answer: markup as its batch")
    yield replace(answer(agreement="a\u202eb\x1b[2J"), name="answer: what a terminal obeys")
    for name, cited in (
        ("none", {}),
        (
            "two",
            {
                "birth": {"certificate": "c", "limit": 1},
                "names": {"certificate": "d", "limit": 3_456_000},
            },
        ),
        ("a limit as text", {"birth": {"certificate": "c", "limit": "1"}}),
        ("no limit", {"birth": {"certificate": "c"}}),
        ("a list", []),
        ("text", "birth"),
        ("__proto__", {"__proto__": {"certificate": "c", "limit": 25}}),
    ):
        yield replace(answer(certificates=cited), name=f"answer: certificates: {name}")


def long_ones() -> Iterator[Asked]:
    """What is too long for the folder."""
    for one in (
        asked("proof", PROOF),
        asked("consistency", CONSISTENCY),
        asked("attestation", ATTESTATION),
    ):
        raw = one.files[one.main]
        yield one.altered("a very long line", raw.replace(b"\n", b"A" * 70_000 + b"\n", 1))
    for name, rows in (
        ("a row of 65,536", _long_row(65_536)),
        ("a row of 65,537", _long_row(65_537)),
        ("a long line of no form", b"x" * 140_000 + b"\n"),
        ("100,000 rows", ROWS * 25_000),
    ):
        yield replace(answer(rows), name=f"answer: signed with {name}")
    proof = asked("proof", PROOF)
    yield proof.altered("4 MiB", PROOF.encode() + b"x" * (2**22 - len(PROOF)))
    yield proof.altered("of one line", b"x" * (2**22 - 1))
    yield proof.altered("of short lines", b"A\n" * (2**21 - 1))
    start = PROOF[: PROOF.index("index")]
    yield proof.altered("of hashes", f"{start}index 9\n{'A' * 44}\n".encode() + b"A\n" * 2**20)
    yield replace(proof, name="a long key", key="x+" * 2**20)
    yield replace(proof, name="a long policy", policy=b"witness a b\n" * 2**18)
    groups = [f"group g{at + 1} any g{at}" for at in range(100)]
    policy = "\n".join([f"witness g0 {key(2)}", *groups, "quorum g100", ""])
    yield replace(proof, name="a policy of groups in groups", policy=policy.encode())


def _long_row(length: int) -> bytes:
    start, end = b'{"request_id":"q","answer":"refused","codes":["a"', b"]}\n"
    left = length - len(start) - len(end)
    codes = [b',"' + b"b" * 60 + b'"'] * (left // 63)
    rest = left - 63 * len(codes)
    if rest and rest < 4:
        codes[-1] = b',"' + b"b" * (60 - (4 - rest)) + b'"'
        rest = 4
    if rest:
        codes.append(b',"' + b"c" * (rest - 3) + b'"')
    row = start + b"".join(codes) + end
    assert len(row) == length
    return row


def envelopes() -> Iterator[Asked]:
    good = answer()
    file = f"{good.main}.jws"
    jws = good.files[file]
    first, second, third = jws.split(b".")
    payload = base64.urlsafe_b64decode(second + b"=" * (-len(second) % 4))
    said = json.loads(payload)
    for name, data in (
        ("altered", jws[:200] + bytes([jws[200] ^ 1]) + jws[201:]),
        ("cut", jws[: len(jws) // 2]),
        ("empty", b""),
        ("a newline at its end", jws + b"\n"),
        ("padded", first + b"=." + second + b"." + third),
        ("four parts", jws + b".x"),
        ("signature left out", first + b"." + second + b"."),
        (
            "another's signature",
            first
            + b"."
            + second
            + b"."
            + url_base64(signer(3).private.sign(first + b"." + second)).encode(),
        ),
        ("BOM", b"\xef\xbb\xbf" + jws),
        ("letters of other alphabets", "\u00e9".encode() + jws),
    ):
        yield good.altered(f"envelope {name}", data, file)
    kid = f"{ORIGIN}+{KEY.key_id.hex()}"
    for name, header in (
        ("alg none", canonical.encode({"alg": "none", "kid": kid, "typ": "counterfoil-answer-1"})),
        (
            "another kid",
            canonical.encode({"alg": "EdDSA", "kid": "x", "typ": "counterfoil-answer-1"}),
        ),
        (
            "crit",
            canonical.encode(
                {"alg": "EdDSA", "crit": [], "kid": kid, "typ": "counterfoil-answer-1"}
            ),
        ),
        ("format 3", canonical.encode({"alg": "EdDSA", "kid": kid, "typ": "counterfoil-answer-3"})),
        (
            "format 2 of 1",
            canonical.encode({"alg": "EdDSA", "kid": kid, "typ": "counterfoil-answer-2"}),
        ),
    ):
        yield replace(answer(header=header), name=f"envelope: header: {name}")
    for name, body in (
        ("a blank", payload.replace(b":", b": ", 1)),
        ("a key twice", payload.replace(b'"batch"', b'"batch":"x","batch"', 1)),
        ("a count 4.0", payload.replace(b'"row_count":4', b'"row_count":4.0')),
        ("a count 4e0", payload.replace(b'"row_count":4', b'"row_count":4e0')),
        ("a field more", canonical.encode(said | {"more": 1})),
        ("__proto__", canonical.encode(said | {"__proto__": {"office": 1}})),
        ("a field less", canonical.encode({k: v for k, v in said.items() if k != "use_limits"})),
        (
            "a field renamed",
            canonical.encode({k if k != "salt" else "toString": v for k, v in said.items()}),
        ),
        ("a list", b"[]"),
        ("null", b"null"),
        ("no JSON", b"{"),
        ("UTF-16", payload.decode().encode("utf-16-be")),
    ):
        yield replace(answer(payload=body), name=f"envelope: payload: {name}")
    other = Held([*HELD.entries[:13], HELD.entries[0], HELD.entries[14]])
    of_other = str(Proof(14, tuple(reference.path(14, other.entries)), other.note()))
    for name, ledger in (
        ("another index", {"index": 13}),
        ("an index as text", {"index": "14"}),
        ("an index in a list", {"index": [14]}),
        ("no entry", {"entry": ""}),
        ("another entry", {"entry": to_base64(HELD.entries[14])}),
        ("another origin", {"origin": "x"}),
        ("a proof of another tree", {"proof": of_other}),
        ("no proof", {"proof": None}),
        ("an entry in another form", {"entry": None}),
    ):
        yield replace(answer(ledger=ledger), name=f"envelope: {name}")
    yield replace(answer(office="made-up.example/other"), name="envelope: another office")
    yield replace(answer(salt=to_base64(b"\7" * 31)), name="envelope: a salt of 31 bytes")
    yield replace(answer(rows_format="constructor"), name="envelope: rows in no format")
    for name, entry in (
        ("of another batch", {"batch": "b-other"}),
        ("of another kind", {"kind": "review"}),
        ("of another time", {"time": "2026-05-12T12:00:01Z"}),
        ("of another digest", {"answers": "sha256:" + "00" * 32}),
        ("of another number of rows", {"rows": 3}),
        ("of version 2", {"v": 2}),
        ("of version true", {"v": True}),
        ("of a number of rows that is true", {"rows": True}),
        ("of no number of rows", {"rows": None}),
        ("with __proto__", {"__proto__": 1}),
        ("with no ASCII", {"x": "\u00e9"}),
    ):
        yield replace(answer(entry=entry), name=f"envelope: a release {name}")
    proof = said["ledger"]["proof"]
    for name, text in (
        ("a proof beside it", proof),
        ("a proof of another tree beside it", of_other),
        ("a proof of another entry beside it", PROOF),
        ("an altered proof beside it", proof.replace("index 14", "index 13")),
        ("an empty proof beside it", ""),
    ):
        yield good.altered(name, text.encode(), f"{good.main}.proof")


# -- the folder --------------------------------------------------------------------------------


def lines_of(questions: list[Asked]) -> str:
    """One vector a line: what is asked, and what `counterfoil-verify` says."""
    made: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in questions:
            if one.expected:  # ML-DSA-44, whose signatures are never the same twice
                continue
            said = by_program(one, Path(folder))
            fields = {name: value for name, value in asdict(one).items() if value or name == "key"}
            fields["files"] = {name: _written(data) for name, data in one.files.items()}
            for name in ("policy", "entry"):
                if name in fields:
                    fields[name] = _written(fields[name])
            alike = dict(zip(("code", "lines", "last"), said.alike, strict=True))
            made.append(json.dumps(fields | {"said": alike}, ensure_ascii=True, sort_keys=True))
    return "\n".join(made) + "\n"


def _written(data: bytes) -> str | dict[str, str]:
    """Bytes as text where they are plain text, or as base64."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
    return text


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, questions in everything().items():
        (FOLDER / f"{name}.jsonl").write_text(lines_of(questions), encoding="ascii")


if __name__ == "__main__":
    main()
