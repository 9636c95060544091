"""counterfoil-verify: checks what a holder hands out, with the holder's verifier key alone.

This one file needs Python's standard library and the package `cryptography`. Copy it, read it and
run it. It opens no network connection and reads only the files that you name.

VKEY is a verifier key, one line of text, or the name of a file that holds one. With --witness VKEY,
which may be given more than once, every checkpoint must carry that witness's cosignature too.

Each command prints one numbered statement for each thing that it has established, then OK (exit
code 0). At the first check that fails it prints DOES NOT VERIFY and the reason (exit code 5).

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
           continues it, and it ends before the range of the attestation.
        3  Every entry in the file is in the later ledger at its index.
        4  The range holds exactly the entries of the days, by the times that they bear.
        5  At both ends of the range the running counts of all kinds add up to the number of
           entries, so that no kind is left out.
        6  The running count of the kind is the same at both ends.

    answer        An answer file. FILE.jws, its envelope, must be in the same folder.
        1  The holder signed the envelope.
        2  The rows are those that it names: each a request id, a word and codes, nothing else.
        3  The holder signed a checkpoint of its ledger, and the witnesses cosigned it.
        4  The release entry that the envelope carries is in that ledger at the stated index.
        5  That entry commits to these rows and to what the envelope says of them.
        6  The last day of use. An answer that has expired still verifies; the statement says so.

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
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNS = 1  # type of a key that signs checkpoints and envelopes (c2sp.org/signed-note)
COSIGNS = 4  # type of a key that cosigns checkpoints (c2sp.org/tlog-cosignature)
EMPTY_ROOT = sha256(b"").digest()

ANSWER_FORMATS = ("counterfoil-answer-1", "counterfoil-answer-2")

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

ATTESTATION = re.compile(
    r"counterfoil-attestation-1\nnone ([a-z_]+)\nfrom ([0-9-]{10})\nto ([0-9-]{10})\n"
    r"range (\S+) (\S+)((?:\n\S+)*)"
)
"""The first lines: kind, first day, last day, the range's ends, a consistency proof's hashes."""


class VerifyFault(ValueError):
    """A check failed. The text says which one."""


class Key(NamedTuple):
    """A verifier key: its name, its id (4 bytes) and its public key (32 bytes)."""

    name: str
    key_id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    """A ledger as its holder signed it: number of entries, root of the Merkle tree (32 bytes), and
    the sentence that says who signed."""

    size: int
    root: bytes
    statement: str


class Task(NamedTuple):
    """What the command line asks for. `entry` is the content of the file named with --entry."""

    path: Path
    key: Key
    witnesses: tuple[Key, ...]
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
    """The verifier key of type `kind` that `named` is, or that the file `named` holds."""
    is_key = "+" in named and not Path(named).is_file()
    line = named if is_key else read_bounded(Path(named)).decode()
    name, key_id, encoded = parts_of(line.strip(), "+", 3, "a key is not NAME+ID+BASE64")
    data = base64(encoded)
    is_of_kind = is_name(name) and len(data) == 33 and data[0] == kind
    need(is_of_kind, "the key is of another type")
    digest = sha256(name.encode() + b"\n" + data).hexdigest()
    need(digest[:8] == key_id, "the key id does not belong to the key")
    return Key(name, bytes.fromhex(key_id), data[1:])


def parts_of(text: str, separator: str, count: int, otherwise: str) -> list[str]:
    """The parts of a text that must have `count` of them; the last part may hold the separator."""
    parts = text.split(separator, count - 1)
    need(len(parts) == count, otherwise)
    return parts


def is_name(name: str) -> bool:
    """Whether a text can be the name of a key."""
    return name != "" and not re.search(r"[\s+]", name)


def check_checkpoint(text: str, signatures: str, task: Task) -> Checkpoint:
    """The checkpoint of `text`, once the holder and every witness of the task have signed it.

    Both texts are the parts of a signed note before and after its empty line (c2sp.org/signed-note,
    c2sp.org/tlog-checkpoint). Signatures by keys that were not named are ignored.
    """
    lines = text.split("\n")
    is_ours = len(lines) > 2 and all(lines) and lines[0] == task.key.name
    need(is_ours, "this is not a checkpoint of the holder's ledger")
    in_form = signatures.endswith("\n") and signatures.count("\n") <= 100
    need(in_form, "the signatures are not 1 to 100 lines")
    signed_by: set[Key] = set()
    for line in signatures[:-1].split("\n"):
        signed_by |= check_signature(line, f"{text}\n".encode(), task)
    need(task.key in signed_by, "the holder did not sign this checkpoint")
    all_cosigned = signed_by.issuperset(task.witnesses)
    need(all_cosigned, "a witness that you named did not cosign this checkpoint")
    size, root = number(lines[1]), base64(lines[2])
    is_root = len(root) == 32 and (size > 0 or root == EMPTY_ROOT)
    need(is_root, "the checkpoint's root is malformed")
    cosigned = "".join(f", {witness.name} cosigned" for witness in task.witnesses)
    return Checkpoint(size, root, f"{task.key.name} signed its ledger at {size} entries{cosigned}.")


def check_signature(line: str, message: bytes, task: Task) -> set[Key]:
    """The keys of the task that made this signature line. A wrong signature by one of them refuses
    the whole file."""
    dash, name, encoded = parts_of(line, " ", 3, "a signature is malformed")
    data = base64(encoded)
    in_form = dash == "\u2014" and is_name(name) and len(data) > 4
    need(in_form, "a signature is malformed")
    key_id, signature = data[:4], data[4:]
    # A cosignature begins with its time, 8 bytes, which is signed together with the text.
    stamp = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big")
    named = {key for key in (task.key, *task.witnesses) if key[:2] == (name, key_id)}
    for key in named:
        if key == task.key:
            verify_signature(key, signature, message)
        else:
            verify_signature(key, signature[8:], stamp + message)
    return named


def verify_signature(key: Key, signature: bytes, message: bytes) -> None:
    """Establish that `key` signed the message (Ed25519)."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        raise VerifyFault("it is altered or missing (InvalidSignature)") from None


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
    kind, first, last, start, end, path = found.groups()
    in_order = date.fromisoformat(first) <= date.fromisoformat(last)
    need(in_order, "the days are in the wrong order")
    low, high = number(start), number(end)  # entries low, low + 1, ... high - 1

    ledger = check_checkpoint(notes[-2], notes[-1], task)  # 1
    yield ledger.statement
    if len(notes) == 4:  # 2
        older = check_checkpoint(notes[0], notes[1] + "\n", task)
        remark = " They are unchanged, and come before the range."
    else:
        older = Checkpoint(0, EMPTY_ROOT, "No earlier checkpoint is here.")
        remark = ""
    check_consistency(older, ledger, path.split("\n")[1:])
    between = older.size <= low <= high <= ledger.size
    need(between, "the range is not between the two checkpoints")
    yield older.statement + remark
    entries = check_entries(blocks, ledger)  # 3
    yield f"The {len(entries)} entries in this file stand in that ledger, each at its place."
    yield check_days(entries, (low, high), (first, last), ledger.size)  # 4
    before, after = running_counts(entries, low), running_counts(entries, high)  # 5
    sums = f"The running counts of all kinds add up to {low} and {high}"
    yield f"{sums}: every entry of the range is counted."
    count, count_after = before.get(kind, 0), after.get(kind, 0)  # 6
    need(count == count_after, f"{count_after - count} of kind {kind} were entered in the range")
    of_kind = f"Of kind {kind} there were {count} before the range and as many at its end"
    yield f"{of_kind}: none was entered in it."


def check_entries(blocks: Sequence[str], ledger: Checkpoint) -> dict[int, dict[str, Any]]:
    """The entries of an attestation by their index, each shown to be in the ledger. A block is an
    index, a space and an entry, then the hashes of its proof, one a line."""
    entries: dict[int, dict[str, Any]] = {}
    for block in blocks:
        place, _, rest = block.partition(" ")
        entry, *path = rest.split("\n")
        check_inclusion(entry.encode(), number(place), path, ledger)
        entries[number(place)] = one_object(entry.encode())
    return entries


def check_days(
    entries: dict[int, dict[str, Any]], ends: tuple[int, int], days: tuple[str, str], size: int
) -> str:
    """Establish that the range between the two `ends` holds all entries of the days and no others.

    The entries on both sides of each end say so, because times in a ledger never go back. Returns
    the statement.
    """

    def day_of(index: int) -> str:
        """The day of an entry; before the first entry and after the last one, a text that sorts
        before and after all days."""
        if index < 0:
            return ""
        return "9" if index == size else str(entries[index]["time"])[:10]

    (low, high), (first, last) = ends, days
    exact = day_of(low - 1) < first <= day_of(low) and day_of(high - 1) <= last < day_of(high)
    need(exact, "the range is not that of its days")
    statement = (
        f"Entries {low} to {high - 1}, {high - low} of them, are all those of {first} to {last} "
        "(UTC)."
    )
    if high == size:
        statement += " The ledger ends there: it shows nothing of any day after its last entry."
    return statement


def running_counts(entries: dict[int, dict[str, Any]], end: int) -> dict[str, int]:
    """How many entries of each kind come before the index `end`, from the last one of each kind.

    Every entry says the running count of its kind, so the counts of all kinds add up to `end`
    exactly if no kind is left out.
    """
    counts: dict[str, int] = {}
    for index, entry in sorted(entries.items()):
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
    expired = date.today().isoformat() > last_day  # 6
    yield f"{'EXPIRED: it' if expired else 'It'} may be used until {last_day}."


def check_envelope(task: Task) -> dict[str, Any]:
    """The content of FILE.jws, a compact JWS (RFC 7515), once the holder's signature verifies."""
    parts = read_bounded(task.path.with_name(task.path.name + ".jws")).split(b".")
    need(len(parts) == 3, "the envelope is not a compact JWS")
    header, payload, signature = map(base64url, parts)
    key_id = f"{task.key.name}+{task.key.key_id.hex()}"
    stated = [{"alg": "EdDSA", "kid": key_id, "typ": format} for format in ANSWER_FORMATS]
    need(header in map(canonical, stated), "it is of another format, or names another key")
    verify_signature(task.key, signature, b".".join(parts[:2]))
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
    """What the command line asks for, with the keys and the entry read."""
    entry = None if arguments.entry is None else read_bounded(Path(arguments.entry))
    key = read_key(arguments.key, SIGNS)
    witnesses = tuple(read_key(named, COSIGNS) for named in arguments.witness)
    return Task(Path(arguments.file), key, witnesses, entry)


def main() -> int:
    """Run one command; return its exit code."""
    layout = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("what", choices=list(COMMANDS))
    parser.add_argument("file")
    parser.add_argument("--key", required=True)
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--entry")
    arguments = parser.parse_args()
    try:
        task = read_task(arguments)
        for place, statement in enumerate(COMMANDS[arguments.what](task), 1):
            print(f"{place}. {statement}")
    except VerifyFault as fault:
        print("DOES NOT VERIFY:", fault)
        return 5
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError) as fault:
        # A file is missing, or something in it has not the form that its format demands.
        print(f"DOES NOT VERIFY: it is altered or missing ({type(fault).__name__})")
        return 5
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main())
