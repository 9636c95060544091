"""counterfoil-verify: checks what a holder hands out, with the holder's verifier key alone.

This one file needs Python's standard library and the package `cryptography`. Copy it, read it and
run it. It opens no network connection and reads only the files that you name.

VKEY is a verifier key, one line of text, or the name of a file that holds one. With --witness VKEY,
which may be given more than once, every checkpoint must carry that witness's cosignature too; with
--policy FILE (c2sp.org/tlog-policy), cosignatures that are the quorum of the policy.

Each command prints one numbered statement for each thing that it has established, then OK. Exit
codes: 0 OK; 2 a file or key that you named cannot be used; 5 something DOES NOT VERIFY; 6 the
answer verifies, but its time is over and you asked for --in-force.

    proof         A C2SP tlog-proof: an entry is in the ledger. The entry is the one that the proof
                  carries, or the one in --entry FILE.
        1  The holder signed a checkpoint of its ledger, and the witnesses cosigned it.
        2  The entry is in the ledger of that checkpoint at the stated index, byte for byte.

    consistency   A later ledger continues an earlier one.
        1  The holder signed the earlier checkpoint, and the witnesses cosigned it.
        2  The same is true of the later checkpoint.
        3  All entries of the earlier ledger are the first entries of the later one, unchanged.

    attestation   No entry of one kind was made between two days.
        1  The holder signed the later checkpoint, and the witnesses cosigned it.
        2  The same is true of the earlier checkpoint, if the file holds one. The later ledger
           continues it; it ends, and was cosigned, before the range of the attestation.
        3  Every entry in the file is in the later ledger at its index, and they agree.
        4  The range holds exactly the entries of the days, by the times that they bear, and the
           last day was over when the ledger was signed.
        5  At both ends of the range the running counts of all kinds add up to the number of
           entries, so that no kind is left out.
        6  The running count of the kind is the same at both ends.
        7  The holder signed kind, days and range (version 2), or nobody did (version 1).

    answer        An answer file. FILE.jws, its envelope, must be in the same folder.
        1  The holder signed the envelope.
        2  The rows are those that it names: each a request id, a word and codes, nothing else.
        3  The holder signed a checkpoint of its ledger, and the witnesses cosigned it.
        4  The release entry that the envelope carries is in that ledger at the stated index.
        5  That entry commits to these rows and to what the envelope says of them.
        6  The last day of use. An expired answer verifies, and the last line says EXPIRED.

No check shows that an entry is true, or that everything that happened was entered. The formats are
in docs/formats. docs/guides/judge.md says in plain words what each statement means.
"""

# ruff: noqa: T201
import argparse
import json
import re
import sys
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNS = 1  # type of a key that signs checkpoints and envelopes (c2sp.org/signed-note)
COSIGNS = 4  # type of a key that cosigns checkpoints (c2sp.org/tlog-cosignature), Ed25519
COSIGNS_ML_DSA = 6  # the same, ML-DSA-44
KEY_BYTES = {SIGNS: 32, COSIGNS: 32, COSIGNS_ML_DSA: 1312}
PRIME = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER = {0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8}
"""y of the points of edwards25519 under which anybody can sign."""
EMPTY_ROOT = sha256(b"").digest()

ANSWER_FORMATS = ("counterfoil-answer-1", "counterfoil-answer-2")
EXPIRED = "EXPIRED: it"
"""How the statement of an answer begins whose time is over."""

# The grammar of an answer file's rows, as regular expressions over bytes.
REQUEST_ID = rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
CODE = rb"[a-z][a-z0-9_]{0,63}"
CSV_HEADERS = (b"request_id,answer,codes\r\n", b"request_id,answer,codes,row\r\n")
WORD = (REQUEST_ID, CODE, CODE, CODE)
CSV_ROW = rb"%b,(?:(?:confirmed|not_confirmed),|refused,%b(?:;%b)*|not_compared,%b)" % WORD
JSONL_ROW = (
    rb'\{"request_id":"%b","answer":"(?:(?:confirmed|not_confirmed)","codes":\[\]'
    rb'|refused","codes":\["%b"(?:,"%b")*\]|not_compared","codes":\["%b"\])\}\n'
) % WORD
REJECTED = (REQUEST_ID, CODE, rb"[1-9][0-9]{0,15}")  # in the second format: a row without answer
CSV_REJECTED = rb"(?:%b)?,rejected,%b,%b" % REJECTED
JSONL_REJECTED = rb'\{"request_id":"(?:%b)?","answer":"rejected","codes":\["%b"\],"row":%b\}\n'
ROWS = {
    "csv": (CSV_ROW + rb"\r\n", rb"(?:%b,|%b)\r\n" % (CSV_ROW, CSV_REJECTED)),
    "jsonl": (JSONL_ROW, rb"%b|%b" % (JSONL_ROW, JSONL_REJECTED % REJECTED)),
}

COMMITTED = (
    "agreement", "agreement_digest", "batch", "certificates", "expires_on", "register_snapshot",
    "released_at", "request_file_digest", "row_count", "rows_digest", "rules_digest",
)  # fmt: skip
"""Fields of an envelope that the release entry commits to, and all of its fields."""
FIELDS = {*COMMITTED, "format", "office", "use_limits", "rows_format", "salt", "ledger"}

TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
KINDS = """
    office key law snapshot certificate batch rejected granted refused opening not_compared review
    disclosure release inspection withdrawal suspension resumption override fork incident disposal
    retention_hold retention_lift delay hold published replay reconciled determined sample
    accounting inform
""".split()  # noqa: SIM905 - What an entry can be.
ATTESTATION = re.compile(
    r"(counterfoil-attestation-([12])\nnone ([a-z_]+)\nfrom ([0-9-]{10})\nto ([0-9-]{10})\n"
    r"range (\S+) (\S+)(?:\ntree (\S+ \S+))?)(?:\nsigned (\S+))?((?:\n\S+)*)"
)
"""The first lines of an attestation: what is claimed (version, kind, first day, last day, start and
end of the range, size and root), its signature, and the consistency proof, one hash a line."""


class VerifyFault(ValueError):
    """A check failed. The text says which one."""


class Key(NamedTuple):
    """A verifier key: its name, its type, its id (4 bytes) and its public key."""

    name: str
    kind: int
    key_id: bytes
    public: bytes


class Policy(NamedTuple):
    """Whose cosignatures are enough: keys of logs; witnesses and groups (how many of which members)
    by name; the name of the quorum."""

    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: list[str]


class Checkpoint(NamedTuple):
    """A ledger as its holder signed it: number of entries, root of the Merkle tree (32 bytes), the
    sentence that says who signed, and the newest time of a witness (POSIX seconds, 0 for none)."""

    size: int
    root: bytes
    statement: str
    witnessed: int = 0


class Task(NamedTuple):
    """What the command line asks for. `entry` is the content of the file named with --entry."""

    path: Path
    key: Key
    witnesses: tuple[Key, ...]
    policy: Policy
    entry: bytes | None


def need(established: object, otherwise: str) -> None:
    """Refuse the file, with the reason `otherwise`, unless something is established."""
    if not established:
        raise VerifyFault(otherwise)


def read_bounded(path: Path) -> bytes:
    """The bytes of a file of less than 4 MiB: no proof, key or envelope is longer."""
    need(path.stat().st_size < 1 << 22, "the file is too long")
    return path.read_bytes()


def plain_text(data: bytes) -> str:
    """UTF-8 text whose only control character is the newline."""
    text = data.decode()
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "the file holds a control character")
    return text


def base64(text: str) -> bytes:
    """The bytes of a base64 text with padding, in its one form."""
    data = b64decode(text, validate=True)
    need(b64encode(data).decode() == text, "a text is not base64 in its one form")
    return data


def base64url(text: bytes) -> bytes:
    """The bytes of a base64url text without padding, in its one form (RFC 7515)."""
    data = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    need(urlsafe_b64encode(data).rstrip(b"=") == text, "not base64url")
    return data


def number(text: str) -> int:
    """A decimal number below 2**63, without a sign or leading zeros."""
    in_form = re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < 2**63
    need(in_form, "a number is not in its one form")
    return int(text)


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value (RFC 8785, for the values that are used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def one_object(data: bytes) -> dict[str, Any]:
    """The JSON object whose canonical form `data` is."""
    value = json.loads(data)
    need(data[:1] == b"{" and canonical(value) == data, "an object is not canonical JSON")
    return cast("dict[str, Any]", value)


# -- Keys, signatures, checkpoints -----------------------------------------------------------


def read_key(named: str, kind: int) -> Key:
    """The verifier key that `named` is, or that the file `named` holds."""
    is_key = "+" in named and not Path(named).is_file()
    return parse_key(named if is_key else read_bounded(Path(named)).decode().strip(), kind)


def parse_key(line: str, kind: int) -> Key:
    """A verifier key: the holder's where `kind` is SIGNS, a witness's where it is COSIGNS. A
    witness's Ed25519 key may be written as one of type SIGNS."""
    name, key_id, encoded = parts_of(line, "+", 3, "a key is not NAME+ID+BASE64")
    data = base64(encoded)
    digest = sha256(name.encode() + b"\n" + data).hexdigest()
    need(digest[:8] == key_id, "the key id does not belong to the key")
    is_of_kind = data[0] == kind or (kind == COSIGNS and data[0] in KEY_BYTES)
    in_form = is_name(name) and is_of_kind and len(data) == 1 + KEY_BYTES[data[0]]
    need(in_form, "the key is of another type")
    own_kind, public = (COSIGNS if kind == COSIGNS and data[0] == SIGNS else data[0]), data[1:]
    y = int.from_bytes(public, "little") % 2**255
    is_sound = own_kind == COSIGNS_ML_DSA or (y < PRIME and y not in SMALL_ORDER)
    need(is_sound, "anybody can sign under this key")
    own_id = sha256(name.encode() + b"\n" + bytes([own_kind]) + public).digest()[:4]
    return Key(name, own_kind, own_id, public)


def parts_of(text: str, separator: str, count: int, otherwise: str) -> list[str]:
    """The parts of a text that must have `count` of them; the last part may hold the separator."""
    parts = text.split(separator, count - 1)
    need(len(parts) == count, otherwise)
    return parts


def is_name(name: str) -> bool:
    """Whether a text can be the name of a key."""
    return name != "" and not re.search(r"[\s+]", name)


def read_policy(path: Path) -> Policy:
    """The policy in a file (c2sp.org/tlog-policy)."""
    data = read_bounded(path)
    need(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data), "a control character in the policy")
    policy = Policy([], {}, {}, [])
    taken: list[str] = []  # names that are members of a group
    for row in data.decode(errors="surrogateescape").split("\n"):
        known = {*policy.witnesses, *policy.groups}
        match [item for item in re.split(r"[ \t]+", row) if item]:
            case ["log", key] | ["log", key, _]:
                policy.logs.append(parse_key(key, SIGNS))
            case ["witness", name, key] | ["witness", name, key, _] if name not in {*known, "none"}:
                policy.witnesses[name] = parse_key(key, COSIGNS)
            case ["group", name, count, *members] if members and name not in {*known, "none"}:
                least = {"all": len(members), "any": 1}.get(count) or number(count)
                need(1 <= least <= len(members) and known >= set(members), "a group is malformed")
                policy.groups[name] = (least, members)
                taken += members
            case ["quorum", name] if name in {*known, "none"}:
                policy.quorum.append(name)
            case items:
                need(not items or items[0].startswith("#"), "a line of the policy is malformed")
    keys = [*policy.logs, *policy.witnesses.values()]
    are_apart = len({key.public for key in keys}) == len({key[:3] for key in keys}) == len(keys)
    need(are_apart and len(set(taken)) == len(taken), "the policy names a key or member twice")
    need(len(policy.quorum) == 1, "the policy has no quorum, or more than one")
    return policy


def is_witnessed(policy: Policy, name: str, cosigned: dict[Key, int]) -> bool:
    """Whether these cosigners are what `name` stands for in the policy."""
    if name in policy.groups:
        least, members = policy.groups[name]
        return sum(is_witnessed(policy, member, cosigned) for member in members) >= least
    return name == "none" or policy.witnesses[name] in cosigned


def check_checkpoint(text: str, signatures: str, task: Task) -> Checkpoint:
    """The checkpoint of `text`, once the holder and the witnesses of the task have signed it.

    Both texts are the parts of a signed note before and after its empty line (c2sp.org/signed-note,
    c2sp.org/tlog-checkpoint). Signatures by keys that were not named are ignored.
    """
    lines = text.split("\n")
    is_ours = len(lines) > 2 and all(lines) and lines[0] == task.key.name
    need(is_ours, "this is not a checkpoint of the holder's ledger")
    size, root = number(lines[1]), base64(lines[2])
    is_root = len(root) == 32 and (size > 0 or root == EMPTY_ROOT)
    need(is_root, "the checkpoint's root is malformed")
    in_form = signatures.endswith("\n") and signatures.count("\n") <= 100
    need(in_form, "the signatures are not 1 to 100 lines")
    signed: dict[Key, int] = {}
    for line in signatures[:-1].split("\n"):
        signed |= check_signature(line, text, task)
    need(signed.pop(task.key, None) is not None, "the holder did not sign this checkpoint")
    all_cosigned = signed.keys() >= set(task.witnesses)
    need(all_cosigned, "a witness that you named did not cosign this checkpoint")
    is_quorum = is_witnessed(task.policy, task.policy.quorum[0], signed)
    need(is_quorum, "those who cosigned this checkpoint are no quorum of the policy")
    cosigned = "".join(f"; {key.name} cosigned at {instant(signed[key])}" for key in signed)
    statement = f"{task.key.name} signed its ledger at {size} entries{cosigned}."
    return Checkpoint(size, root, statement, max(signed.values(), default=0))


def check_signature(line: str, text: str, task: Task) -> dict[Key, int]:
    """The key of the task that made this signature line, with its time. A wrong signature by one
    of them refuses the whole file."""
    dash, name, encoded = parts_of(line, " ", 3, "a signature is malformed")
    data = base64(encoded)
    in_form = dash == "\u2014" and is_name(name) and len(data) > 4
    need(in_form, "a signature is malformed")
    named = [task.key, *task.witnesses, *task.policy.witnesses.values()]
    candidates = [key for key in named if (key.name, key.key_id) == (name, data[:4])]
    for key in candidates:
        # A cosignature begins with its time, 8 bytes, which is signed together with the text.
        time = 0 if key.kind == SIGNS else int.from_bytes(data[4:12], "big")
        start, is_time = (4, True) if key.kind == SIGNS else (12, 1 <= time < 2**63)
        if is_time and is_signature(key, data[start:], signed_message(key, time, text)):
            return {key: time}
    need(not candidates, f"a signature by {name} is altered")
    return {}


def signed_message(key: Key, time: int, text: str) -> bytes:
    """What a key of its type signs for the checkpoint of `text`."""
    if key.kind == SIGNS:
        return f"{text}\n".encode()
    if key.kind == COSIGNS:
        return f"cosignature/v1\ntime {time}\n{text}\n".encode()
    origin, size, root = text.split("\n")[:3]
    named = [bytes([len(name.encode())]) + name.encode() for name in (key.name, origin)]
    numbers = bytes(8) + int(size).to_bytes(8, "big") + base64(root)
    return b"subtree/v1\n\0" + named[0] + time.to_bytes(8, "big") + named[1] + numbers


def is_signature(key: Key, signature: bytes, message: bytes) -> bool:
    """Whether `key` signed the message."""
    reader: Any = Ed25519PublicKey
    if key.kind == COSIGNS_ML_DSA:  # which not every version of `cryptography` has
        from cryptography.hazmat.primitives.asymmetric import mldsa

        reader = mldsa.MLDSA44PublicKey
    try:
        reader.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def instant(seconds: int) -> str:
    """A time in words, by UTC; a number where the calendar does not reach."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def today() -> str:
    """The day by this machine's clock, UTC."""
    return instant(int(datetime.now(UTC).timestamp()))[:10]


# -- The Merkle tree (RFC 6962, RFC 9162) ----------------------------------------------------


def roots_above(index: int, last: int, path: Sequence[str], start: bytes) -> tuple[bytes, bytes]:
    """Climb from node `index` of a row of `last` + 1 nodes, whose hash is `start`, to the top.

    RFC 9162, sections 2.1.3.2 and 2.1.4.2, which take the same steps. `path` is the proof: one hash
    a line, each that of the node beside the one reached. Returns the root of the tree that ends
    with the node `index`, and the root of the whole tree.
    """
    ending_here = whole = start
    for line in path:
        sibling = base64(line)
        in_form = last > 0 and len(sibling) == 32
        need(in_form, "a proof has a hash too many, or one that is not 32 bytes")
        if index % 2 == 1 or index == last:
            ending_here = sha256(b"\x01" + sibling + ending_here).digest()
            whole = sha256(b"\x01" + sibling + whole).digest()
            while index % 2 == 0 and index > 0:
                index, last = index // 2, last // 2
        else:
            whole = sha256(b"\x01" + whole + sibling).digest()
        index, last = index // 2, last // 2
    need(last == 0, "a proof has a hash too few")
    return ending_here, whole


def check_inclusion(entry: bytes, index: int, path: Sequence[str], ledger: Checkpoint) -> None:
    """Establish that `entry` is the entry `index` of a ledger, counted from 0."""
    otherwise = f"entry {index} is not in the ledger that was signed"
    need(index < ledger.size, otherwise)
    leaf = sha256(b"\x00" + entry).digest()
    _, root = roots_above(index, ledger.size - 1, path, leaf)
    need(root == ledger.root, otherwise)


def check_consistency(older: Checkpoint, newer: Checkpoint, path: Sequence[str]) -> None:
    """Establish that the first entries of the newer ledger are those of the older one."""
    if older.size in (0, newer.size):
        same = older.size == 0 or older.root == newer.root
        need(same and not path, "two ledgers of one size differ")
        return
    can_continue = older.size < newer.size and path
    need(can_continue, "the earlier checkpoint is the larger one, or the proof is missing")
    # The climb begins at the last whole subtree of the older tree: as many levels up as its size
    # can be halved. If the older tree is nothing but that subtree, the proof leaves out its hash.
    levels = (older.size & -older.size).bit_length() - 1
    is_whole_subtree = older.size == 1 << levels
    start = older.root if is_whole_subtree else base64(path[0])
    rest = path if is_whole_subtree else path[1:]
    roots = roots_above((older.size - 1) >> levels, (newer.size - 1) >> levels, rest, start)
    continues = roots == (older.root, newer.root)
    need(continues, "the later ledger does not continue the earlier one")


# -- proof -----------------------------------------------------------------------------------


class Proof(NamedTuple):
    """A tlog-proof taken apart: the entry that it carries, the line with the index, the hashes, one
    a line, and the two parts of its checkpoint."""

    carried: bytes
    place: str
    path: list[str]
    note: str
    signatures: str


def parse_proof(text: str) -> Proof:
    """Take a tlog-proof apart (c2sp.org/tlog-proof)."""
    otherwise = "this is not a C2SP tlog-proof, version 1"
    parts = text.split("\n\n")
    need(len(parts) == 3, otherwise)
    header, *lines = parts[0].split("\n")
    need(header == "c2sp.org/tlog-proof@v1", otherwise)
    carried = base64(lines.pop(0)[6:]) if lines[:1] and lines[0].startswith("extra ") else b""
    place, *path = lines or [""]
    return Proof(carried, place, path, parts[1], parts[2])


def verify_proof(task: Task) -> Iterator[str]:
    """Establish what the command `proof` says."""
    proof = parse_proof(plain_text(read_bounded(task.path)))
    entry = proof.carried
    if task.entry is not None:
        # In a line of `counterfoil ledger show` the entry's index comes before it.
        entry = task.entry[task.entry.find(b"{") :].strip()
    yield from statements_of_proof(proof, entry, task)


def statements_of_proof(proof: Proof, entry: bytes, task: Task) -> Iterator[str]:
    """Establish that a proof shows `entry` in the ledger of its checkpoint."""
    ledger = check_checkpoint(proof.note, proof.signatures, task)  # proof 1, answer 3
    yield ledger.statement
    in_form = entry and proof.place.startswith("index ")
    need(in_form, "no entry is given and the proof carries none, or it has no index")
    index = number(proof.place[6:])
    check_inclusion(entry, index, proof.path, ledger)  # proof 2, answer 4
    yield f"This is entry {index} of it, byte for byte: {entry.decode('ascii')}"


# -- consistency -----------------------------------------------------------------------------


def verify_consistency(task: Task) -> Iterator[str]:
    """Establish what the command `consistency` says."""
    head, *notes = plain_text(read_bounded(task.path)).split("\n\n")
    header, *path = head.split("\n")
    in_form = header == "counterfoil-consistency-1" and len(notes) == 4
    need(in_form, "this is not a consistency proof")
    older = check_checkpoint(notes[0], notes[1] + "\n", task)  # 1
    newer = check_checkpoint(notes[2], notes[3], task)  # 2
    check_consistency(older, newer, path)  # 3
    yield from (older.statement, newer.statement)
    same = f"The first {older.size} entries are the same in both"
    yield f"{same}: none was changed, removed or put between."


# -- attestation -----------------------------------------------------------------------------


def verify_attestation(task: Task) -> Iterator[str]:
    """Establish what the command `attestation` says."""
    head, *notes = plain_text(read_bounded(task.path)).split("\n\n")
    top, *blocks = head.split("\nentry ")
    found = ATTESTATION.fullmatch(top)
    if found is None or len(notes) not in (2, 4):
        raise VerifyFault("this is not an attestation")
    claim, version, kind, first, last, start, end, tree, signature, path = found.groups()
    is_whole = (version == "2") == (tree is not None) == (signature is not None)
    need(is_whole, "`tree` and `signed` are lines of version 2")
    in_order = date.fromisoformat(first) <= date.fromisoformat(last)
    need(in_order, "the days are in the wrong order")
    low, high = number(start), number(end)  # entries low, low + 1, ... high - 1

    ledger = check_checkpoint(notes[-2], notes[-1], task)  # 1
    yield ledger.statement
    older, remark = Checkpoint(0, EMPTY_ROOT, "No earlier checkpoint is here."), ""  # 2
    if len(notes) == 4:
        older = check_checkpoint(notes[0], notes[1] + "\n", task)
        remark = " They are unchanged, and come before the range."
    check_consistency(older, ledger, path.split("\n")[1:])
    between = older.size <= low <= high <= ledger.size and older.witnessed < midnight(first)
    need(between, "the range is not between the two checkpoints")
    yield older.statement + remark
    entries = check_entries(blocks, ledger)  # 3
    before, after = running_counts(entries, low), running_counts(entries, high)
    check_story(entries, [(low, before), (high, after)])
    yield f"The {len(entries)} entries in this file stand in that ledger and agree with each other."
    yield check_days(entries, (low, high), (first, last), ledger)  # 4
    sums = f"The running counts of all kinds add up to {low} and {high}"  # 5
    yield f"{sums}: every entry of the range is counted."
    need(kind in KINDS, f"there are no entries of a kind {kind}")  # 6
    count, count_after = before.get(kind, 0), after.get(kind, 0)
    need(count == count_after, f"{count_after - count} of kind {kind} were entered in the range")
    of_kind = f"Of kind {kind} there were {count} before the range and as many at its end"
    yield f"{of_kind}: none was entered in it."
    if version == "1":  # 7
        yield "Nobody signed this sentence as such: it follows from the entries above."
        return
    data, message = base64(signature), f"{claim}\n".encode()
    is_signed = data[:4] == task.key.key_id and is_signature(task.key, data[4:], message)
    is_of_it = tree == f"{ledger.size} {b64encode(ledger.root).decode()}"
    need(is_signed and is_of_it, "the holder did not sign this kind, days and range")
    yield f"{task.key.name} signed this kind, these days and this range."


def midnight(day: str) -> int:
    """The first second of a day, UTC (POSIX)."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400


def check_entries(blocks: Sequence[str], ledger: Checkpoint) -> dict[int, dict[str, Any]]:
    """The entries of an attestation by their index, each shown to be in the ledger. A block is an
    index, a space and an entry, then the hashes of its proof, one a line."""
    entries: dict[int, dict[str, Any]] = {}
    for block in blocks:
        place, _, rest = block.partition(" ")
        entry, *path = rest.split("\n")
        check_inclusion(entry.encode(), number(place), path, ledger)
        entries[number(place)] = fields = one_object(entry.encode())
        in_form = type(fields["count"]) is int and TIME.fullmatch(fields["time"]) and fields["kind"]
        need(in_form, f"entry {place} has no kind, count or time")
    need(list(entries) == sorted(entries) and len(entries) == len(blocks), "entries out of order")
    return entries


def check_story(entries: dict[int, dict[str, Any]], ends: list[tuple[int, dict[str, int]]]) -> None:
    """Establish that the entries can be those of one ledger: times never go back, and from one of a
    kind to the next the count rises by one at least, and by no more than there are places. `ends`:
    an index, and how many of each kind come before it."""
    time, counted = "", dict[str, tuple[int, int]]()
    for index, entry in entries.items():
        kind, count = entry["kind"], entry["count"]
        known = [counted.get(kind, (-1, 0))]
        known += [(end - 1, counts.get(kind, 0)) for end, counts in ends if index >= end]
        fits = all(1 <= count - before <= index - place for place, before in known)
        need(fits and entry["time"] >= time, f"entry {index} contradicts what comes before it")
        counted[kind], time = (index, count), entry["time"]


def check_days(
    entries: dict[int, dict[str, Any]],
    ends: tuple[int, int],
    days: tuple[str, str],
    ledger: Checkpoint,
) -> str:
    """Establish that the range between the two `ends` holds all entries of the days and no others,
    and that the last day was over: a later entry says so, or a witness. Returns the statement.

    The entries on both sides of each end say so, because times in a ledger never go back.
    """
    (low, high), (first, last) = ends, days
    edges = {at for at in (low - 1, low, high - 1, high) if 0 <= at < ledger.size}
    need(edges <= entries.keys(), "an entry at an edge of the range is missing")
    for index, entry in entries.items():
        day = entry["time"][:10]
        side = 0 if index < low else 1 if index < high else 2  # before, in and after the range
        need(side == (day >= first) + (day > last), "the range is not that of its days")
    is_over = high < ledger.size or ledger.witnessed >= midnight(last) + 86_400
    need(is_over and last < today(), "nothing shows that the last day is over in this ledger")
    made = f"Entries {low} to {high - 1}, {high - low} of them, are all those of"
    return f"{made if high > low else 'No entry was made from'} {first} to {last} (UTC)."


def running_counts(entries: dict[int, dict[str, Any]], end: int) -> dict[str, int]:
    """How many entries of each kind come before the index `end`, from the last one of each kind.

    Every entry says the running count of its kind, so the counts of all kinds add up to `end`
    exactly if no kind is left out.
    """
    counts: dict[str, int] = {}
    for index, entry in entries.items():
        if index < end:
            counts[entry["kind"]] = entry["count"]
    total = sum(counts.values())
    need(total == end, f"a gap: the running counts add up to {total} of {end} entries")
    return counts


# -- answer ----------------------------------------------------------------------------------


def verify_answer(task: Task) -> Iterator[str]:
    """Establish what the command `answer` says."""
    envelope = check_envelope(task)  # 1
    agreement, batch = envelope["agreement"], envelope["batch"]
    yield f"{task.key.name} signed the envelope: agreement {agreement}, batch {batch}."
    row_count = check_rows(task.path, envelope)  # 2
    yield f"The {row_count} rows are those that it signed: each a request id, a word and codes."
    ledger = envelope["ledger"]
    need(envelope["office"] == ledger["origin"] == task.key.name, "the ledger is another holder's")
    entry = base64(ledger["entry"])
    proof = parse_proof(plain_text(ledger["proof"].encode()))
    need(proof.place == f"index {ledger['index']}", "the proof is of another entry")
    yield from statements_of_proof(proof, entry, task)  # 3 and 4
    check_commitment(one_object(entry), envelope, row_count)  # 5
    certified = ", ".join(
        f"{scope} to {cited['limit'] / 1e12:.1e} by {cited['certificate']}"
        for scope, cited in envelope["certificates"].items()
    )
    yield (
        "That entry commits to this batch, file, agreement, snapshot and rules, at "
        f"{envelope['released_at']}; certified {certified or 'none'}."
    )
    last_day = envelope["expires_on"]
    expired = today() > last_day  # 6
    yield f"{EXPIRED if expired else 'It'} may be used until {last_day}."


def check_envelope(task: Task) -> dict[str, Any]:
    """The content of FILE.jws, a compact JWS (RFC 7515), once the holder's signature verifies."""
    parts = read_bounded(task.path.with_name(task.path.name + ".jws")).split(b".")
    need(len(parts) == 3, "the envelope is not a compact JWS")
    header, payload, signature = map(base64url, parts)
    key_id = f"{task.key.name}+{task.key.key_id.hex()}"
    stated = [{"alg": "EdDSA", "kid": key_id, "typ": format} for format in ANSWER_FORMATS]
    need(header in map(canonical, stated), "it is of another format, or names another key")
    signed = is_signature(task.key, signature, b".".join(parts[:2]))
    need(signed, "the envelope is altered, or the holder did not sign it")
    envelope = one_object(payload)
    in_form = envelope.keys() == FIELDS and one_object(header)["typ"] == envelope["format"]
    need(in_form, "the envelope has a field too many or too few")
    return envelope


def check_rows(path: Path, envelope: dict[str, Any]) -> int:
    """The number of rows, once the file is the one that is named, each row in its form."""
    version = ANSWER_FORMATS.index(envelope["format"])
    header = CSV_HEADERS[version] if envelope["rows_format"] == "csv" else b""
    form = re.compile(ROWS[envelope["rows_format"]][version])
    digest, count, exact = sha256(header), 0, True
    with path.open("rb") as file:
        need(file.read(len(header)) == header, "the rows have another header")
        while row := file.readline(65_536):
            digest.update(row)
            count += 1
            exact = exact and form.fullmatch(row) is not None
    need(envelope["rows_digest"] == f"sha256:{digest.hexdigest()}", "the rows are not those signed")
    need(exact, "a row says something else than it may")
    need(count == envelope["row_count"], "the number of rows is not the one that was signed")
    return count


def check_commitment(entry: dict[str, Any], envelope: dict[str, Any], row_count: int) -> None:
    """Establish that a ledger entry is the release of the envelope's answers.

    The entry holds a salted hash of the fields in `COMMITTED`; the envelope carries the salt.
    """
    committed = {field: envelope[field] for field in COMMITTED}
    body = canonical({"format": "counterfoil-release-1"} | committed)
    salted = b"counterfoil/commit/v1\x00" + base64(envelope["salt"]) + body
    expected = {
        "answers": f"sha256:{sha256(salted).hexdigest()}",
        "batch": envelope["batch"],
        "kind": "release",
        "rows": row_count,
        "time": envelope["released_at"],
        "v": 1,
    }
    stated = {"rows": row_count} | entry  # an older entry does not say it; the hash covers it
    same = all(stated.get(field) == value for field, value in expected.items())
    need(same, "the entry is of something else")


# -- The command line ------------------------------------------------------------------------

COMMANDS: dict[str, Callable[[Task], Iterator[str]]] = {
    "proof": verify_proof,
    "consistency": verify_consistency,
    "attestation": verify_attestation,
    "answer": verify_answer,
}


def read_task(arguments: argparse.Namespace) -> Task:
    """What the command line asks for, with keys, policy and entry read."""
    entry = None if arguments.entry is None else read_bounded(Path(arguments.entry))
    key = read_key(arguments.key, SIGNS)
    witnesses = tuple(read_key(named, COSIGNS) for named in arguments.witness)
    policy = Policy([], {}, {}, ["none"])
    if arguments.policy is not None:
        policy = read_policy(Path(arguments.policy))
        need(not policy.logs or key in policy.logs, "the policy is for another log than --key")
    publics = {each.public for each in (*witnesses, *policy.witnesses.values())}
    need(key.public not in publics, "the holder is no witness of its own ledger")
    return Task(Path(arguments.file), key, witnesses, policy, entry)


def say(text: str) -> None:
    """Print a line. What a terminal would obey instead of showing it is shown as its code."""
    print("".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text))


def main() -> int:
    """Run one command; return its exit code."""
    layout = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("what", choices=list(COMMANDS))
    parser.add_argument("file")
    parser.add_argument("--key", required=True)
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--policy")
    parser.add_argument("--entry")
    parser.add_argument("--in-force", action="store_true")
    arguments = parser.parse_args()
    try:
        task = read_task(arguments)
    except (ValueError, LookupError, OSError) as fault:
        say(f"CANNOT BE USED: {fault or type(fault).__name__}")
        return 2
    last = ""
    try:
        for place, statement in enumerate(COMMANDS[arguments.what](task), 1):
            say(f"{place}. {statement}")
            last = statement
    except VerifyFault as fault:
        say(f"DOES NOT VERIFY: {fault}")
        return 5
    except (OSError, UnsupportedAlgorithm, ImportError) as fault:
        say(f"CANNOT BE USED: {fault}")
        return 2
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        # Something in the file has not the form that its format demands.
        say(f"DOES NOT VERIFY: {arguments.file} is altered ({type(fault).__name__})")
        return 5
    is_expired = last.startswith(EXPIRED)
    say("OK" if not is_expired else "EXPIRED: all of it verifies, and its time of use is over")
    return 6 if is_expired and arguments.in_force else 0


if __name__ == "__main__":
    sys.exit(main())
