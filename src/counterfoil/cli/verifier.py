"""counterfoil-verify: checks what a holder hands out, with the holder's verifier key alone.

This one file needs Python's standard library and the package `cryptography`. Copy it, read it and
run it. It opens no network connection and reads only the files that you name.

VKEY is a verifier key, one line of text, or the name of a file that holds one. With --witness VKEY,
which may be given more than once, every checkpoint must carry that witness's cosignature too; with
--policy FILE (c2sp.org/tlog-policy), cosignatures that are the quorum of the policy.

Each command prints one numbered statement for each thing that it has established, then OK. Exit
codes: 0 OK; 2 a file or key that you named cannot be used; 5 something DOES NOT VERIFY; 6 the
answer verifies, but its time is over, or it was recalled, and you asked for --in-force.
--version prints the version and the SHA-256 of this file, to compare with another copy.

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

    answer        An answer file. FILE.jws, its envelope, must be in the same folder. FILE.proof,
                  if it is there, is the proof of 3 and 4 to a checkpoint that was cosigned since.
        1  The holder signed the envelope.
        2  The rows are those that it names: each a request id, a word and codes, nothing else.
        3  The holder signed a checkpoint of its ledger, and the witnesses cosigned it.
        4  The release entry that the envelope carries is in that ledger at the stated index.
        5  That entry commits to these rows and to what the envelope says of them.
        6  The last day of use. An expired answer verifies, and the last line says EXPIRED.
        7  With --recalls FILE, the holder's list of recalls: it is complete, and was made after the
           release, and after --recalls-since TIME if you name one. Whether the answer is in it, and
           by which rows: then it verifies, and the last line says RECALLED.

No check shows that an entry is true, or that everything that happened was entered. The formats are
in docs/formats. docs/guides/judge.md says in plain words what each statement means.
"""

# ruff: noqa: T201
import argparse
import hmac
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "0.1.0"
SIGNS = 1  # type of a key that signs checkpoints and envelopes (c2sp.org/signed-note)
COSIGNS = 4  # type of a key that cosigns checkpoints (c2sp.org/tlog-cosignature), Ed25519
COSIGNS_ML_DSA = 6  # the same, ML-DSA-44
KEY_BYTES = {SIGNS: 32, COSIGNS: 32, COSIGNS_ML_DSA: 1312}
PRIME = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER = {0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8}
"""y of the points of edwards25519 under which anybody can sign."""
EMPTY_ROOT = sha256(b"").digest()
CALENDAR_ENDS = 253_402_300_800  # the year 10,000, in POSIX seconds

# The grammars of the files, as regular expressions over lines that all end in a newline.
HASHES = r"((?:\S+\n)*)"
NOTE = r"\n((?:.+\n)+)\n((?:.+\n)+)"  # a checkpoint: an empty line, its text, another, signatures
PROOF = rf"c2sp\.org/tlog-proof@v1\n(?:extra (\S*)\n)?index (\S+)\n{HASHES}{NOTE}"
CONSISTENCY = rf"counterfoil-consistency-1\n{HASHES}{NOTE}{NOTE}"
ATTESTATION = (
    r"(counterfoil-attestation-([12])\nnone ([a-z_]+)\nfrom ([0-9-]{10})\nto ([0-9-]{10})\n"
    r"range (\S+) (\S+)\n(?:tree (\S+ \S+)\n)?)(?:signed (\S+)\n)?"
    rf"{HASHES}((?:entry \S+ .+\n(?:\S+\n)*)*)(?:{NOTE})?{NOTE}"
)
TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
KINDS = """
    office key law snapshot certificate batch rejected granted refused opening not_compared review
    disclosure release inspection withdrawal suspension resumption override fork incident disposal
    retention_hold retention_lift delay hold published replay reconciled determined sample
    accounting inform comparison state settings notice_rule notice duty litigation_hold
    recall receipt closing
""".split()  # noqa: SIM905 - What an entry can be.
ANSWER_FORMATS = ("counterfoil-answer-1", "counterfoil-answer-2")
JWS = r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)"
RECALLS_FORMAT = "counterfoil-recalls-1"
RECALLS_FIELDS = {"format", "office", "made_at", "checkpoint", "kinds", "recalls"}
EXPIRED = "EXPIRED: it"  # how the statement of an answer begins whose time is over
RECALLED = "RECALLED: "  # and of one that was recalled

# The grammar of an answer file's rows; the second format has rows that were rejected as well.
ID, CODE, ROW = "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", "[a-z][a-z0-9_]{0,63}", "[1-9][0-9]{0,15}"
CSV_HEADERS = (b"request_id,answer,codes\r\n", b"request_id,answer,codes,row\r\n")
CSV = f"{ID},(?:(?:not_)?confirmed,|refused,{CODE}(?:;{CODE})*|not_compared,{CODE})"
JSONL = (
    rf'\{{"request_id":"{ID}","answer":"(?:(?:not_)?confirmed","codes":\[\]'
    rf'|refused","codes":\["{CODE}"(?:,"{CODE}")*\]|not_compared","codes":\["{CODE}"\])\}}\n'
)
REJECTED = rf'\{{"request_id":"(?:{ID})?","answer":"rejected","codes":\["{CODE}"\],"row":{ROW}\}}\n'
ROWS = {
    "csv": (rf"{CSV}\r\n", rf"(?:{CSV},|(?:{ID})?,rejected,{CODE},{ROW})\r\n"),
    "jsonl": (JSONL, f"{JSONL}|{REJECTED}"),
}

COMMITTED = (
    "agreement", "agreement_digest", "batch", "certificates", "expires_on", "register_snapshot",
    "released_at", "request_file_digest", "row_count", "rows_digest", "rules_digest",
)  # fmt: skip
"""Fields of an envelope that the release entry commits to, and all of its fields."""
FIELDS = {*COMMITTED, "format", "office", "use_limits", "rows_format", "salt", "ledger"}


class VerifyFault(ValueError):
    """A check failed. The text says which one."""


class Key(NamedTuple):
    """A verifier key: its name, its type, its id (4 bytes) and its public key."""

    name: str
    kind: int
    key_id: bytes
    public: bytes


Entries: TypeAlias = dict[int, dict[str, Any]]  # those of an attestation, by their index
Read = TypeVar("Read")
Quorum: TypeAlias = "Key | tuple[int, list[Quorum]]"  # one witness, or so many of these


class Task(NamedTuple):
    """What the command line asks for: the file, the holder's key, the content of the file named
    with --entry, the witnesses of --witness, the witnesses and the quorum of --policy, and the
    list of --recalls with the time of --recalls-since."""

    path: Path
    key: Key
    entry: bytes | None
    witnesses: list[Key]
    listed: list[Key]
    quorum: Quorum
    recalls: str | None
    since: str


class Checkpoint(NamedTuple):
    """A ledger as its holder signed it: number of entries, root of the Merkle tree (32 bytes), the
    sentence that says who signed, and the newest time of a witness (1970 for none)."""

    size: int
    root: bytes
    statement: str
    witnessed: str = ""


def need(established: object, otherwise: str) -> None:
    """Refuse the file, with the reason `otherwise`, unless something is established."""
    if not established:
        raise VerifyFault(otherwise)


def require_file(path: str | Path, limit: int = 1 << 62) -> None:
    """Raise OSError unless this is a file of fewer bytes than `limit`: a pipe, say, may never end,
    and what is no file shows nothing about an answer."""
    told = Path(path).stat()
    if not S_ISREG(told.st_mode) or told.st_size >= limit:
        raise OSError(f"{path} is no file, or too long for one")


def read_bounded(path: str | Path, limit: int = 1 << 22) -> bytes:
    """The bytes of a file of less than 4 MiB: no proof, key or envelope is longer."""
    require_file(path, limit)
    return Path(path).read_bytes()


def read_text(path: str | Path, limit: int = 1 << 22) -> str:
    """The text of such a file, without white space around it."""
    return read_bounded(path, limit).decode().strip()


def read_named(named: str, read: Callable[[str], Read]) -> Read:
    """What `read` makes of a file, or of a key in its place, whose faults then name it."""
    try:
        return read(named)
    except ValueError as fault:
        raise VerifyFault(f"{named}: {fault}") from None


def parts_of(text: str, form: str, otherwise: str) -> Sequence[Any]:
    """The groups of a text that has the form of a regular expression. Its only control character
    is the newline."""
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "the file holds a control character")
    found = re.fullmatch(form, text)
    if found is None:
        raise VerifyFault(otherwise)
    return found.groups()


def base64(text: str, last_two: bytes = b"+/") -> bytes:
    """The bytes of a base64 text with padding, in its one form."""
    data = b64decode(text, last_two, validate=True)
    need(b64encode(data, last_two).decode() == text, "a text is not base64 in its one form")
    return data


def number(text: str, end: int = 2**63) -> int:
    """A decimal number below `end`, without a sign or leading zeros."""
    in_form = re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < end
    need(in_form, "a number is not in its one form")
    return int(text)


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value (RFC 8785, for the values that are used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def one_object(data: bytes, brackets: int = 500) -> dict[str, Any]:
    """The JSON object whose canonical form `data` is, its numbers whole and below 2**53."""
    value = json.loads(
        data, parse_int=lambda text: number(text, 2**53), parse_float=number, parse_constant=number
    )
    is_flat = data[:1] == b"{" and data.count(b"[") + data.count(b"{") < brackets
    need(is_flat and canonical(value) == data, "an object is not canonical JSON")
    return cast("dict[str, Any]", value)


# -- Keys, signatures, checkpoints -----------------------------------------------------------
def read_key(named: str, kind: int) -> Key:
    """The verifier key that `named` is, or that the file `named` holds."""
    is_key = "+" in named and not Path(named).is_file()
    return parse_key(named if is_key else read_text(named), kind)


def parse_key(line: str, kind: int) -> Key:
    """A verifier key: the holder's where `kind` is SIGNS, a witness's where it is COSIGNS. A
    witness's Ed25519 key may be written as one of type SIGNS."""
    form = r"([^\s+]+)\+([^+]+)\+(.+)"
    name, key_id, encoded = parts_of(line, form, "a key is not NAME+ID+BASE64")
    data, start = base64(encoded), f"{name}\n".encode()
    need(sha256(start + data).hexdigest()[:8] == key_id, "the key id does not belong to the key")
    is_of_kind = data[0] == kind or (kind == COSIGNS and data[0] in KEY_BYTES)
    need(is_of_kind and len(data) == 1 + KEY_BYTES[data[0]], "the key is of another type")
    own_kind, public = max(kind, data[0]), data[1:]
    y = int.from_bytes(public, "little") % 2**255
    is_sound = own_kind == COSIGNS_ML_DSA or (y < PRIME and y not in SMALL_ORDER)
    need(is_sound, "anybody can sign under this key")
    own_id = sha256(start + bytes([own_kind]) + public).digest()[:4]
    return Key(name, own_kind, own_id, public)


def read_policy(path: str | Path, holder: Key) -> tuple[list[Key], Quorum]:
    """The witnesses and the quorum of the policy in a file (c2sp.org/tlog-policy)."""
    data = read_bounded(path)
    need(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data), "a control character in the policy")
    named: dict[str, Quorum] = {"none": (0, [])}
    logs, quorums, taken = list[Key](), list[Quorum](), ["none"]  # `taken`: who is in a group
    for row in data.decode(errors="surrogateescape").split("\n"):
        match re.findall(r"[^ \t]+", row):
            case ["log", key] | ["log", key, _]:
                logs.append(parse_key(key, SIGNS))
            case ["witness", name, key] | ["witness", name, key, _] if name not in named:
                named[name] = parse_key(key, COSIGNS)
            case ["group", name, count, *members] if members and name not in named:
                least = {"all": len(members), "any": 1}.get(count) or number(count)
                need(1 <= least <= len(members) and {*members} <= {*named}, "a group is malformed")
                named[name] = least, [named[member] for member in members]
                taken += members
            case ["quorum", name] if name in named:
                quorums.append(named[name])
            case items:
                need(not items or items[0][0] == "#", "a line of the policy is malformed")
    witnesses = [each for each in named.values() if isinstance(each, Key)]
    keys = [*logs, *witnesses]
    are_apart = len({key.public for key in keys}) == len({key[:3] for key in keys}) == len(keys)
    need(are_apart and len(set(taken)) == len(taken), "the policy names a key or member twice")
    need(len(quorums) == 1, "the policy has no quorum, or more than one")
    need(not logs or holder in logs, "the policy is for another log than --key")
    return witnesses, quorums[0]


def is_enough(quorum: Quorum, cosigned: dict[Key, int]) -> bool:
    """Whether these cosigners are a quorum."""
    if isinstance(quorum, Key):
        return quorum in cosigned
    least, members = quorum
    return sum(is_enough(member, cosigned) for member in members) >= least


def check_checkpoint(task: Task, text: str, signatures: str) -> Checkpoint:
    """The checkpoint of `text`, once the holder and the witnesses of the task have signed it: the
    two parts of a signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Signatures by keys
    that were not named are ignored."""
    otherwise = "this is not a checkpoint of the holder's ledger"
    origin, digits, encoded = parts_of(text, r"(.+)\n(.+)\n(.+)\n(?:.+\n)*", otherwise)
    need(origin == task.key.name, otherwise)
    size, root = number(digits), base64(encoded)
    need(len(root) == 32 and (size or root == EMPTY_ROOT), "the checkpoint's root is malformed")
    lines = signatures[:-1].split("\n")
    need(len(lines) <= 100, "the signatures are not 1 to 100 lines")
    signed = dict(made for line in lines for made in check_signature(line, text, task))
    need(signed.pop(task.key, None) is not None, "the holder did not sign this checkpoint")
    all_cosigned = signed.keys() >= set(task.witnesses)
    need(all_cosigned, "a witness that you named did not cosign this checkpoint")
    is_quorum = is_enough(task.quorum, signed)
    need(is_quorum, "those who cosigned this checkpoint are no quorum of the policy")
    cosigned = "".join(f"; {key.name} cosigned at {instant(signed[key])}" for key in signed)
    statement = f"{task.key.name} signed its ledger at {size} entries{cosigned}."
    newest = min(max(signed.values(), default=0), CALENDAR_ENDS - 1)
    return Checkpoint(size, root, statement, instant(newest))


def check_signature(line: str, text: str, task: Task) -> list[tuple[Key, int]]:
    """The key of the task that made this signature line, with its time, or nothing. A wrong
    signature by one of them refuses the whole file."""
    name, encoded = parts_of(line, "\u2014 ([^\\s+]+) (.+)", "a signature is malformed")
    data = base64(encoded)
    need(len(data) > 4, "a signature is malformed")
    known = [task.key, *task.witnesses, *task.listed]
    candidates = [key for key in known if (key.name, key.key_id) == (name, data[:4])]
    for key in candidates:
        # A cosignature begins with its time, 8 bytes, which is signed together with the text.
        start, least = (4, 0) if key.kind == SIGNS else (12, 1)
        time = int.from_bytes(data[4:start], "big")
        message = signed_message(key, time, text)
        if least <= time < 2**63 and is_signature(key, data[start:], message):
            return [(key, time)]
    need(not candidates, f"a signature by {name} is altered")
    return []


def signed_message(key: Key, time: int, text: str) -> bytes:
    """What a key of its type signs for the checkpoint of `text`."""
    if key.kind == SIGNS:
        return text.encode()
    if key.kind == COSIGNS:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
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
    if seconds >= CALENDAR_ENDS:
        return str(seconds)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def today() -> str:
    """The day by this machine's clock, UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


# -- The Merkle tree (RFC 6962, RFC 9162) ----------------------------------------------------
def roots_above(index: int, last: int, path: Sequence[str], start: bytes) -> tuple[bytes, bytes]:
    """Climb from node `index` of a row of `last` + 1 nodes, whose hash is `start`, to the top (RFC
    9162, 2.1.3.2 and 2.1.4.2, which take the same steps). `path` is the proof: the hashes of the
    nodes beside those reached. Returns the root of the tree that ends with the node `index`, and
    the root of the whole tree."""
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
    _, root = roots_above(index, ledger.size - 1, path, sha256(b"\x00" + entry).digest())
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
    start, rest = (older.root, path) if is_whole_subtree else (base64(path[0]), path[1:])
    roots = roots_above((older.size - 1) >> levels, (newer.size - 1) >> levels, rest, start)
    need(roots == (older.root, newer.root), "the later ledger does not continue the earlier one")


# -- The four commands ------------------------------------------------------------------------
def verify_proof(task: Task) -> Iterator[str]:
    """Establish what the command `proof` says."""
    yield from statements_of_proof(task, read_bounded(task.path).decode())


def statements_of_proof(task: Task, text: str, place: str | None = None) -> Iterator[str]:
    """Establish that a tlog-proof (c2sp.org/tlog-proof) shows the entry of the task, or the one
    that it carries, in the ledger of its checkpoint; at the index `place`, if that is known."""
    otherwise = "this is not a C2SP tlog-proof, version 1"
    carried, index, path, *note = parts_of(text, PROOF, otherwise)
    need(place in (None, index), "the proof is of another entry")
    ledger = check_checkpoint(task, *note)  # proof 1, answer 3
    yield ledger.statement
    extra = base64(carried or "")
    entry = extra if task.entry is None else task.entry
    need(entry, "no entry is given and the proof carries none")
    check_inclusion(entry, number(index), path.split(), ledger)  # proof 2, answer 4
    yield f"This is entry {index} of it, byte for byte: {entry.decode('ascii')}"


def verify_consistency(task: Task) -> Iterator[str]:
    """Establish what the command `consistency` says."""
    text = read_bounded(task.path).decode()
    path, *notes = parts_of(text, CONSISTENCY, "this is not a consistency proof")
    older = check_checkpoint(task, *notes[:2])  # 1
    yield older.statement
    newer = check_checkpoint(task, *notes[2:])  # 2
    yield newer.statement
    check_consistency(older, newer, path.split())  # 3
    same = f"The first {older.size} entries are the same in both"
    yield f"{same}: none was changed, removed or put between."


def verify_attestation(task: Task) -> Iterator[str]:
    """Establish what the command `attestation` says."""
    text = read_bounded(task.path).decode()
    parts = parts_of(text, ATTESTATION, "this is not an attestation")
    claim, version, kind, first, last, start, end, tree, signature, path, blocks, *notes = parts
    is_whole = (version == "2") == (tree is not None) == (signature is not None)
    need(is_whole, "`tree` and `signed` are lines of version 2")
    need(date.fromisoformat(first) <= date.fromisoformat(last), "the days are in the wrong order")
    low, high = number(start), number(end)  # entries low, low + 1, ... high - 1
    ledger = check_checkpoint(task, *notes[2:])  # 1
    yield ledger.statement
    older, remark = Checkpoint(0, EMPTY_ROOT, "No earlier checkpoint is here."), ""  # 2
    if notes[0] is not None:
        older = check_checkpoint(task, *notes[:2])
        remark = " They are unchanged, and come before the range."
    check_consistency(older, ledger, path.split())
    between = older.size <= low <= high <= ledger.size and older.witnessed < first
    need(between, "the range is not between the two checkpoints")
    yield older.statement + remark
    entries = check_entries(blocks, (low, high), ledger)  # 3
    yield f"The {len(entries)} entries in this file stand in that ledger and agree with each other."
    yield check_days(entries, low, high, [first, last], ledger)  # 4
    before, after = running_counts(entries, low), running_counts(entries, high)  # 5
    sums = f"The running counts of all kinds add up to {low} and {high}"
    yield f"{sums}: every entry of the range is counted."
    need(kind in KINDS, f"there are no entries of a kind {kind}")  # 6
    count, count_after = before.get(kind, 0), after.get(kind, 0)
    need(count == count_after, f"{count_after - count} of kind {kind} were entered in the range")
    of_kind = f"Of kind {kind} there were {count} before the range and as many at its end"
    yield f"{of_kind}: none was entered in it."
    if version == "1":  # 7
        yield "Nobody signed this sentence as such: it follows from the entries above."
        return
    data = base64(signature)
    is_signed = data[:4] == task.key.key_id and is_signature(task.key, data[4:], claim.encode())
    is_of_it = tree == f"{ledger.size} {b64encode(ledger.root).decode()}"
    need(is_signed and is_of_it, "the holder did not sign this kind, days and range")
    yield f"{task.key.name} signed this kind, these days and this range."


def check_entries(blocks: str, ends: tuple[int, int], ledger: Checkpoint) -> Entries:
    """The entries of an attestation by their index, each shown to be in the ledger, once they can
    be those of one ledger: times never go back, and from one of a kind to the next, over an end of
    the range or not, the count rises by one at least, and by no more than there are places."""
    entries: Entries = {}
    newest, time, counted = -1, "", dict[str, tuple[int, int]]()
    for place, line, path in re.findall(rf"entry (\S+) (.+)\n{HASHES}", blocks):
        check_inclusion(line.encode(), number(place), path.split(), ledger)
        index, entry = number(place), one_object(line.encode())
        kind, count = entry["kind"], entry["count"]
        of_types = (type(kind), type(count)) == (str, int)
        in_form = of_types and kind and TIME.fullmatch(entry["time"])
        need(in_form, f"entry {index} has no kind, count or time")
        need(index > newest, "entries out of order")
        at, before = counted.get(kind, (-1, 0))
        at = max([at, *(end - 1 for end in ends if end <= index)])
        fits = 1 <= count - before <= index - at and entry["time"] >= time
        need(fits, f"entry {index} contradicts what comes before it")
        entries[index], counted[kind] = entry, (index, count)
        newest, time = index, entry["time"]
    return entries


def check_days(entries: Entries, low: int, high: int, days: list[str], ledger: Checkpoint) -> str:
    """Establish that the range holds all entries of the days and no others: the entries on both
    sides of each end say so, because times in a ledger never go back. And that the last day was
    over: a later entry says so, or a witness. Returns the statement."""
    first, last = days
    edges = {at for at in (low - 1, low, high - 1, high) if 0 <= at < ledger.size}
    need(edges <= entries.keys(), "an entry at an edge of the range is missing")
    for index, entry in entries.items():
        day = entry["time"][:10]
        side = 0 if index < low else 1 if index < high else 2  # before, in and after the range
        need(side == (day >= first) + (day > last), "the range is not that of its days")
    is_over = high < ledger.size or ledger.witnessed[:10] > last
    need(is_over and last < today(), "nothing shows that the last day is over in this ledger")
    made = f"Entries {low} to {high - 1}, {high - low} of them, are all those of"
    return f"{made if high > low else 'No entry was made from'} {first} to {last} (UTC)."


def running_counts(entries: Entries, end: int) -> dict[str, int]:
    """How many entries of each kind come before the index `end`, by the last one of each kind: it
    says the running count of its kind. They add up to `end` exactly if no kind is left out."""
    counts = {each["kind"]: each["count"] for index, each in entries.items() if index < end}
    total = sum(counts.values())
    need(total == end, f"a gap: the running counts add up to {total} of {end} entries")
    return counts


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
    completed = Path(f"{task.path}.proof")
    proof = read_bounded(completed).decode() if completed.is_file() else ledger["proof"]
    yield from statements_of_proof(task._replace(entry=entry), proof, f"{ledger['index']}")  # 3, 4
    check_commitment(one_object(entry), envelope, row_count)  # 5
    certified = ", ".join(
        f"{scope} to {cited['limit'] / 1e12:.1e} by {cited['certificate']}"
        for scope, cited in envelope["certificates"].items()
    )
    yield (
        "That entry commits to this batch, file, agreement, snapshot and rules, at "
        f"{envelope['released_at']}; certified {certified or 'none'}."
    )
    expired = today() > (last_day := envelope["expires_on"])  # 6
    yield f"{EXPIRED if expired else 'It'} may be used until {last_day}."
    if task.recalls is not None:
        yield check_recalls(task, task.recalls, envelope)  # 7


def check_envelope(task: Task) -> dict[str, Any]:
    """The content of FILE.jws."""
    text = read_bounded(f"{task.path}.jws").decode()
    return check_jws(task, text, "envelope", ANSWER_FORMATS, FIELDS)


def check_jws(
    task: Task, text: str, what: str, formats: Sequence[str], fields: Set[str]
) -> dict[str, Any]:
    """The object of these fields in a compact JWS (RFC 7515), once the holder's signature
    verifies."""
    parts = parts_of(text, JWS, f"the {what} is not a compact JWS")
    header, payload, signature = (base64(part + "=" * (-len(part) % 4), b"-_") for part in parts)
    key_id = f"{task.key.name}+{task.key.key_id.hex()}"
    stated = [{"alg": "EdDSA", "kid": key_id, "typ": format} for format in formats]
    need(header in map(canonical, stated), "it is of another format, or names another key")
    signed = is_signature(task.key, signature, ".".join(parts[:2]).encode())
    need(signed, f"the {what} is altered, or the holder did not sign it")
    said = one_object(payload, 1_000_000)
    in_form = said.keys() == fields and one_object(header)["typ"] == said["format"]
    need(in_form, f"the {what} has a field too many or too few")
    return said


def check_recalls(task: Task, text: str, envelope: dict[str, Any]) -> str:
    """Establish that a list of recalls is the holder's and complete: the last entries of all kinds
    add up to its ledger, and as many recalls are here, numbered in order. Returns what it says of
    the answer."""
    said = check_jws(task, text, "list of recalls", [RECALLS_FORMAT], RECALLS_FIELDS)
    need(said["office"] == envelope["office"], "the list of recalls is another holder's")
    note = parts_of(f"\n{said['checkpoint']}", NOTE, "the list of recalls has no checkpoint")
    ledger = check_checkpoint(task, *note)
    need(TIME.fullmatch(said["made_at"]), "the list of recalls says no time")
    need(said["made_at"] >= task.since, f"the list of recalls is old: {said['made_at']}")
    made_after = ledger.size > envelope["ledger"]["index"]
    need(made_after, "the list of recalls was made before this answer was released")
    lasts = [listed_entry(each, ledger) for each in said["kinds"]]
    recalls = [listed_entry(each, ledger) for each in said["recalls"]]
    counts = {entry["kind"]: entry["count"] for entry in lasts}
    whole = sum(counts.values()) == ledger.size and len(counts) == len(lasts)
    numbered = [(each["kind"], each["count"]) for each in recalls]
    in_order = numbered == [("recall", place + 1) for place in range(counts.get("recall", 0))]
    need(whole and in_order, "the list of recalls is not complete")
    found = ""
    for entry, (index, _, _, sealed) in zip(recalls, said["recalls"], strict=True):
        if (rows := open_recall(entry, sealed, envelope)) is not None:
            named = ", ".join(rows) or "all of it"
            found += f"{named}, by entry {index} at {entry['time']}; "
    as_of = f"the list of {said['made_at']}, complete at {ledger.size} entries"
    return f"{RECALLED}{found}by {as_of}." if found else f"It is not recalled by {as_of}."


def listed_entry(shown: Sequence[Any], ledger: Checkpoint) -> dict[str, Any]:
    """An entry that a list shows, once it is found to be in the ledger."""
    index, line, path = shown[:3]
    need(type(index) is int and index >= 0, "an index is none")
    check_inclusion(line.encode(), index, path, ledger)
    return one_object(line.encode())


def open_recall(
    entry: dict[str, Any], sealed: str, envelope: dict[str, Any]
) -> Sequence[str] | None:
    """The rows of a recall, none for all of them, if it is one of this answer: only the envelope
    opens it. The entry must commit to what it says."""
    batch, number = envelope["batch"], entry["count"].to_bytes(12, "big")
    for secret in (base64(envelope["salt"]), envelope["request_file_digest"].encode()):
        key = hmac.digest(secret, b"counterfoil/recall/v1\x00" + batch.encode(), "sha256")
        try:
            plain = AESGCM(key).decrypt(number, base64(sealed), RECALLS_FORMAT.encode())
        except InvalidTag:
            continue
        said = json.loads(plain)
        committed, rows = said["committed"], said["rows"]
        digest = commitment(said["rows_salt"], canonical(rows)) if rows else ""
        same = [committed["batch"], committed["rows"]] == [batch, digest]
        is_of_it = entry["commitment"] == commitment(said["salt"], canonical(committed))
        need(same and is_of_it, "a recall is not what its entry commits to")
        return cast("list[str]", rows)
    return None


def commitment(salt: str, data: bytes) -> str:
    """The salted hash of something, as an entry carries it; the salt in base64."""
    salted = b"counterfoil/commit/v1\x00" + base64(salt) + data
    return f"sha256:{sha256(salted).hexdigest()}"


def check_rows(path: Path, envelope: dict[str, Any]) -> int:
    """The number of rows, once the file is the one that is named, each row in its form."""
    version = ANSWER_FORMATS.index(envelope["format"])
    header = CSV_HEADERS[version] if envelope["rows_format"] == "csv" else b""
    form = re.compile(ROWS[envelope["rows_format"]][version].encode())
    digest, count, exact = sha256(header), 0, True
    require_file(path)
    with path.open("rb") as file:
        need(file.read(len(header)) == header, "the rows have another header")
        while count <= envelope["row_count"] and (row := file.readline(65_536)):
            digest.update(row)
            count += 1
            exact = exact and form.fullmatch(row) is not None
    need(envelope["rows_digest"] == f"sha256:{digest.hexdigest()}", "the rows are not those signed")
    need(exact, "a row says something else than it may")
    need(count == envelope["row_count"], "the number of rows is not the one that was signed")
    return count


def check_commitment(entry: dict[str, Any], envelope: dict[str, Any], row_count: int) -> None:
    """Establish that a ledger entry is the release of the envelope's answers. It holds a salted
    hash of the fields in `COMMITTED`; the envelope carries the salt."""
    committed = {field: envelope[field] for field in COMMITTED}
    body = canonical({"format": "counterfoil-release-1"} | committed)
    stated = [entry.get(field) for field in ("v", "kind", "batch", "time", "answers")]
    digest = commitment(envelope["salt"], body)
    expected = [1, "release", envelope["batch"], envelope["released_at"], digest]
    # An older entry does not say how many rows there are; the hash covers it.
    stated += [envelope["row_count"], entry.get("rows", row_count)]
    expected += [row_count, row_count]
    need(canonical(stated) == canonical(expected), "the entry is of something else")


# -- The command line ------------------------------------------------------------------------
COMMANDS: dict[str, Callable[[Task], Iterator[str]]] = {
    "proof": verify_proof,
    "consistency": verify_consistency,
    "attestation": verify_attestation,
    "answer": verify_answer,
}

VERDICTS = {
    EXPIRED.partition(" ")[0]: "EXPIRED: all of it verifies, and its time of use is over",
    RECALLED.strip(): "RECALLED: all of it verifies, and the holder recalled it or rows of it",
}
"""The last line, by how a statement of an answer begins."""


def read_task(arguments: argparse.Namespace) -> Task:
    """What the command line asks for, with keys, policy and entry read."""
    key = read_named(arguments.key, partial(read_key, kind=SIGNS))
    witnesses = [read_named(each, partial(read_key, kind=COSIGNS)) for each in arguments.witness]
    listed, quorum, entry = list[Key](), (0, list[Quorum]()), None
    if arguments.policy is not None:
        listed, quorum = read_named(arguments.policy, partial(read_policy, holder=key))
    publics = {each.public for each in (*witnesses, *listed)}
    need(key.public not in publics, "the holder is no witness of its own ledger")
    if arguments.entry is not None:
        line = read_bounded(arguments.entry)
        entry = line[line.find(b"{") :].strip()  # `counterfoil ledger show` says the index first
    recalls, since = None, arguments.recalls_since
    if arguments.recalls is not None:
        recalls = read_named(arguments.recalls, lambda name: read_text(name, 1 << 26))
    is_time = since == "" or (recalls and TIME.fullmatch(since))
    need(is_time, "--recalls-since is no time as 2026-03-02T14:05:00Z, or has no --recalls")
    return Task(Path(arguments.file), key, entry, witnesses, listed, quorum, recalls, since)


def say(text: str) -> None:
    """Print a line. What a terminal would obey instead of showing it, or cannot show, is shown as
    its code."""
    shown = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(shown.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def run() -> int:
    """Run one command; return its exit code. Raises OSError where nothing can be printed."""
    layout = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("what", choices=list(COMMANDS))
    parser.add_argument("file")
    parser.add_argument("--key", required=True)
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--policy")
    parser.add_argument("--entry")
    parser.add_argument("--in-force", action="store_true")
    parser.add_argument("--recalls")
    parser.add_argument("--recalls-since", default="")
    copy = sha256(Path(__file__).read_bytes()).hexdigest()
    told = f"counterfoil-verify {VERSION} sha256:{copy}"
    parser.add_argument("--version", action="version", version=told)
    arguments = parser.parse_args()
    task, verdict = None, "OK"
    try:
        task = read_task(arguments)
        for place, text in enumerate(COMMANDS[arguments.what](task), 1):
            say(f"{place}. {text}")
            verdict = VERDICTS.get(text.partition(" ")[0], verdict)
    except (OSError, UnsupportedAlgorithm, ImportError) as fault:
        say(f"CANNOT BE USED: {fault}")
        return 2
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        if task is None:
            say(f"CANNOT BE USED: {fault}")
            return 2
        # What is no VerifyFault: something in the file has not the form that its format demands.
        altered = f"{arguments.file} is altered ({type(fault).__name__})"
        say(f"DOES NOT VERIFY: {fault if isinstance(fault, VerifyFault) else altered}")
        return 5
    say(verdict)
    return 6 if verdict != "OK" and arguments.in_force else 0


def main() -> int:
    """Run one command; return its exit code: 2 also where nobody reads what it prints."""
    try:
        return run()
    except OSError:
        del sys.stdout  # Else Python would print it once more as it ends.
        return 2


if __name__ == "__main__":
    sys.exit(main())
