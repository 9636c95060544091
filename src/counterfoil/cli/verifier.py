"""counterfoil-verify: checks what a holder hands out, with the holder's verifier key and nothing
else.

    proof         an entry is in the ledger: the one that the proof carries, or that of --entry FILE
    consistency   a later ledger continues an earlier one
    attestation   none of a kind was entered between two days
    answer        an answer file; FILE.jws must stand beside it

VKEY is the key's line, or its file. --witness VKEY, as often as wanted: every checkpoint must carry
its cosignature too. Prints numbered statements, then OK and exit 0, or what does not hold and exit
5. Standard library and `cryptography`: copy this one file, read it, run it. Formats: docs/formats.
In plain words: docs/guides/judge.md.
"""

# fmt: off
# ruff: noqa: C408, D103, T201, SIM905
import argparse
import json
import re
import sys
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Key = tuple[str, bytes, bytes]  # name, key id, public key; type 1 signs checkpoints and envelopes, type 4 cosigns
ID, CODE = rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", rb"[a-z][a-z0-9_]{0,63}"
ROW = {
    "csv": rb"%b,(?:(?:confirmed|not_confirmed),|refused,%b(?:;%b)*|not_compared,%b)\r\n" % (ID, CODE, CODE, CODE),
    "jsonl": rb'\{"request_id":"%b","answer":"(?:(?:confirmed|not_confirmed)","codes":\[\]|refused","codes":\["%b"'
             rb'(?:,"%b")*\]|not_compared","codes":\["%b"\])\}\n' % (ID, CODE, CODE, CODE)}
COMMITTED = ("agreement agreement_digest batch certificates expires_on register_snapshot "
             "released_at request_file_digest "
             "row_count rows_digest rules_digest").split()
FIELDS = {*COMMITTED, "format", "office", "use_limits", "rows_format", "salt", "ledger"}

def need(holds: object, why: str) -> None:
    if not holds:
        raise ValueError(why)
def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def one_object(data: bytes) -> dict[str, Any]:
    need(data[:1] == b"{" and canonical(json.loads(data)) == data, "an object is not canonical "
                                                                   "JSON")
    return cast("dict[str, Any]", json.loads(data))
def base64(text: str) -> bytes:
    need(b64encode(b64decode(text, validate=True)).decode() == text, "a text is not base64 in "
                                                                     "its one form")
    return b64decode(text)
def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < 2**63, "a number is not in "
                                                                         "its one form")
    return int(text)
def read_key(named: str, kind: int) -> Key:
    line = named if "+" in named and not Path(named).is_file() else Path(named).read_text()
    name, key_id, data = line.strip().split("+", 2)
    raw = base64(data)
    need(name and not re.search(r"[\s+]", name) and len(raw) == 33 and raw[0] == kind, "the key "
                                                                                       "is of "
                                                                                       "another "
                                                                                       "type")
    need(sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == key_id, "the key id does not "
                                                                        "belong to the key")
    return name, bytes.fromhex(key_id), raw[1:]
def checkpoint(text: str, signatures: str, key: Key, witnesses: Sequence[Key]) -> tuple[int, bytes, str]:
    lines, message, found = text.split("\n"), text.encode() + b"\n", set[Key]()
    need(len(lines) > 2 and all(lines) and lines[0] == key[0], "this is not a checkpoint of the "
                                                               "holder's ledger")
    need(signatures[-1:] == "\n" and signatures.count("\n") <= 100, "the signatures are not 1 "
                                                                    "to 100 lines")
    for dash, name, data in (line.split(" ") for line in signatures[:-1].split("\n")):
        raw = base64(data)
        need(dash == "\u2014" and name and not re.search(r"[\s+]", name) and len(raw) > 4, "a "
                                                                                           "signature is malformed")
        for each in [known for known in (key, *witnesses) if known[:2] == (name, raw[:4])]:
            stamp = b"" if each is key else b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[4:12], "big")
            Ed25519PublicKey.from_public_bytes(each[2]).verify(raw[4 if each is key else 12 :], stamp + message)
            found.add(each)
    need(key in found, "the holder did not sign this checkpoint")
    need(found >= set(witnesses), "a witness that you named did not cosign this checkpoint")
    size, root = number(lines[1]), base64(lines[2])
    need(len(root) == 32 and (size or root == sha256(b"").digest()), "the checkpoint's root is "
                                                                     "malformed")
    return size, root, (f"{key[0]} signed its ledger at {size} "
                       f"entries{''.join(f', {w[0]} cosigned' for w in witnesses)}.")
def climb(index: int, last: int, lines: Sequence[str], start: bytes) -> tuple[bytes, bytes]:  # RFC 9162, 2.1.3.2, 2.1.4.2
    left = right = start
    for beside in map(base64, lines):
        need(last and len(beside) == 32, "a proof has a hash too many, or one that is not 32 bytes")
        if index & 1 or index == last:
            left, right = (sha256(b"\x01" + beside + each).digest() for each in (left, right))
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            right = sha256(b"\x01" + right + beside).digest()
        index, last = index >> 1, last >> 1
    need(last == 0, "a proof has a hash too few")
    return left, right
def inclusion(entry: bytes, index: int, lines: Sequence[str], size: int, root: bytes) -> None:
    found = climb(index, size - 1, lines, sha256(b"\x00" + entry).digest()) if index < size else ()
    need(root in found[1:], f"entry {index} is not in the ledger that was signed")
def consistency(old: tuple[int, bytes], new: tuple[int, bytes], lines: Sequence[str]) -> None:
    (size, root), low = old, (old[0] & -old[0]).bit_length() - 1
    if size in (0, new[0]):
        return need(not lines and (size == 0 or old == new), "two ledgers of one size differ")
    need(size < new[0] and lines, "the earlier checkpoint is the larger one, or the proof is "
                                  "missing")
    start, path = (root, lines) if size & (size - 1) == 0 else (base64(lines[0]), lines[1:])
    need(climb(size - 1 >> low, new[0] - 1 >> low, path, start) == (root, new[1]), "the later "
                                                                                   "ledger does "
                                                                                   "not "
                                                                                   "continue "
                                                                                   "the earlier "
                                                                                   "one")

def verify_proof(args: Any, key: Key, witnesses: Sequence[Key]) -> Iterator[str]:
    head, note, signatures = args.text.split("\n\n")
    lines = head.split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is not a C2SP tlog-proof, version 1")
    carried = base64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else b""
    size, root, words = checkpoint(note, signatures, key, witnesses)
    yield words
    entry = carried if args.entry is None else args.entry[args.entry.find(b"{") :].strip()
    need(entry and lines[0].startswith("index "), "no entry is given and the proof carries "
                                                  "none, or it has no index")
    inclusion(entry, number(lines[0][6:]), lines[1:], size, root)
    yield (f"This is {lines[0].replace('index', 'entry')} of it, byte for byte: "
          f"{entry.decode('ascii')}")

def verify_consistency(args: Any, key: Key, witnesses: Sequence[Key]) -> Iterator[str]:
    head, *notes = args.text.split("\n\n")
    need(head.split("\n")[0] == "counterfoil-consistency-1" and len(notes) == 4, "this is not a "
                                                                                 "consistency "
                                                                                 "proof")
    old, new = checkpoint(notes[0], notes[1] + "\n", key, witnesses), checkpoint(notes[2], notes[3], key, witnesses)
    consistency(old[:2], new[:2], head.split("\n")[1:])
    yield from (old[2], new[2])
    yield (f"The first {old[0]} entries are the same in both: none was changed, removed or put "
          "between.")

def verify_attestation(args: Any, key: Key, witnesses: Sequence[Key]) -> Iterator[str]:
    head, *notes = args.text.split("\n\n")
    top, *blocks = head.split("\nentry ")
    form = (r"\Acounterfoil-attestation-1\nnone ([a-z_]+)\nfrom ([0-9-]{10})\nto "
           r"([0-9-]{10})\nrange (\S+) (\S+)((?:\n\S+)*)\Z")
    need(re.search(form, top) and len(notes) in (2, 4), "this is not an attestation")
    kind, first, last, start, stop, path = re.findall(form, top)[0]
    need(date.fromisoformat(first) <= date.fromisoformat(last), "the days are in the wrong order")
    low, high, (size, root, words) = number(start), number(stop), checkpoint(notes[-2], notes[-1], key, witnesses)
    yield words
    old = checkpoint(notes[0], notes[1] + "\n", key, witnesses) if notes[2:] else (0, b"", "No "
                                                                                           "earlier checkpoint is here.")
    consistency(old[:2], (size, root), path.split("\n")[1:])
    need(old[0] <= low <= high <= size, "the range is not between the two checkpoints")
    yield old[2] + " They are unchanged, and come before the range." * (len(notes) // 4)
    shown: dict[int, dict[str, Any]] = {}
    for place, _, rest in (block.partition(" ") for block in blocks):
        entry, *lines = rest.split("\n")
        inclusion(entry.encode(), number(place), lines, size, root)
        shown[number(place)] = one_object(entry.encode())
    yield f"The {len(shown)} entries in this file stand in that ledger, each at its place."
    days = {-1: "", size: "9"} | {at: str(shown[at]["time"])[:10] for at in (low - 1, low, high - 1, high) if 0 <= at < size}
    need(days[low - 1] < first <= days[low] and days[high - 1] <= last < days[high], "the range "
                                                                                     "is not "
                                                                                     "that of "
                                                                                     "its days")
    yield (f"Entries {low} to {high - 1}, {high - low} of them, are all those of {first} to "
           f"{last} (UTC)."
           + " The ledger ends there: it shows nothing of any day after its last entry." * (high == size))
    counts = [{each["kind"]: each["count"] for at, each in sorted(shown.items()) if at < end} for end in (low, high)]
    for end, found in zip((low, high), counts, strict=True):
        need(sum(found.values()) == end, "a gap: the running counts add up to "
                                         f"{sum(found.values())} of {end} entries")
    yield (f"The running counts of all kinds add up to {low} and {high}: every entry of the "
          "range is counted.")
    before, after = (each.get(kind, 0) for each in counts)
    need(before == after, f"{after - before} of kind {kind} were entered in the range")
    yield (f"Of kind {kind} there were {before} before the range and as many at its end: none "
          "was entered in it.")

def verify_answer(args: Any, key: Key, witnesses: Sequence[Key]) -> Iterator[str]:
    parts = Path(args.file + ".jws").read_bytes().split(b".")
    header, payload, signature = (urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in parts)
    need([urlsafe_b64encode(each).rstrip(b"=") for each in (header, payload, signature)] == parts, "not base64url")
    named = {"alg": "EdDSA", "kid": f"{key[0]}+{key[1].hex()}", "typ": "counterfoil-answer-1"}
    need(header == canonical(named), "the envelope is of another format, or names another key")
    Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, parts[0] + b"." + parts[1])
    said, rows = one_object(payload), Path(args.file).read_bytes()
    need(said.keys() == FIELDS and said["format"] == named["typ"], "the envelope has a field "
                                                                   "too many or too few")
    yield f"{key[0]} signed the envelope: agreement {said['agreement']}, batch {said['batch']}."
    need("sha256:" + sha256(rows).hexdigest() == said["rows_digest"], "the rows are not those "
                                                                      "that the holder signed")
    lines, form = re.findall(rb"[^\n]*\n|[^\n]+\Z", rows), re.compile(ROW[said["rows_format"]])
    need(said["rows_format"] != "csv" or lines.pop(0) == b"request_id,answer,codes\r\n", "the "
                                                                                         "rows "
                                                                                         "have "
                                                                                         "another header")
    need(all(map(form.fullmatch, lines)), "a row says something else than it may")
    need(len(lines) == said["row_count"], "the number of rows is not the one that the holder "
                                          "signed")
    yield (f"The {len(lines)} rows are those that it signed: each a request id, one of four "
          "words and codes, nothing else.")
    place, args.entry, args.text = said["ledger"], base64(said["ledger"]["entry"]), said["ledger"]["proof"]
    need(said["office"] == place["origin"] == key[0], "the ledger is not that of the holder")
    need(f"\nindex {place['index']}\n" in args.text.partition("\n\n")[0] + "\n", "the proof is "
                                                                                 "of another entry")
    yield from verify_proof(args, key, witnesses)
    body = canonical({"format": "counterfoil-release-1"} | {field: said[field] for field in COMMITTED})
    answers = "sha256:" + sha256(b"counterfoil/commit/v1\x00" + base64(said["salt"]) + body).hexdigest()
    bound = dict(answers=answers, batch=said["batch"], kind="release", time=said["released_at"], rows=len(lines), v=1)
    need(bound.items() <= ({"rows": len(lines)} | one_object(args.entry)).items(), "the entry "
                                                                                   "is of "
                                                                                   "something else")
    cited = ", ".join(f"{of} to {c['limit'] / 1e12:.1e} by {c['certificate']}" for of, c in said["certificates"].items()) or "none"
    yield ("That entry commits to this batch, file, agreement, snapshot and rules, at "
          f"{said['released_at']}; certified {cited}.")
    yield (f"{'EXPIRED: it' if date.today().isoformat() > said['expires_on'] else 'It'} may be "
          f"used until {said['expires_on']}.")

def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["proof", "consistency", "attestation", "answer"])
    parser.add_argument("file")
    parser.add_argument("--key", required=True)
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--entry", type=lambda name: Path(name).read_bytes())
    try:
        args = parser.parse_args()
        args.text = "" if args.what == "answer" else Path(args.file).read_bytes().decode()
        need(not re.search(r"[\x00-\x09\x0b-\x1f]", args.text), "the file holds a control "
                                                                "character")
        said = globals()["verify_" + args.what](args, read_key(args.key, 1), [read_key(each, 4) for each in args.witness])
        for at, statement in enumerate(said, 1):
            print(f"{at}. {statement}")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError, InvalidSignature) as fault:
        print("DOES NOT VERIFY:", fault if type(fault) is ValueError else "it is altered or "
                                                                          "missing "
                                                                          f"({type(fault).__name__})")
        return 5
    print("OK")
    return 0

if __name__ == "__main__":
    sys.exit(main())
