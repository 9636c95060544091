"""Checking an answer file without an office. Standard library and `cryptography` only.

What `verify_answer` establishes, in this order; the code is labelled with the numbers:

    1  The holder whose key you named signed the envelope.
    2  FILE is byte for byte what the envelope speaks of.
    3  FILE holds the stated number of rows, each of request id, one of four words and codes,
       or, in version 2, of a rejected row: nothing else.
    4  The holder signed a checkpoint of its own ledger; where you named a policy, so many of its
       witnesses cosigned it that they are its quorum.
    5  The release is an entry of the ledger at that checkpoint.
    6  That entry commits to this batch, these rows, this agreement, register snapshot, rules and
       certificates, at this time.
    7  The day you named is not past the last day of use. (A statement that may be false: nothing
       raises.)
    8  Where you named a list of recalls (recalls.py): it is the holder's, of this ledger, complete
       as of its checkpoint, and new enough; and the answers are not recalled by it. (The last may
       be false: nothing raises.)

The proof for 4 and 5 is that of FILE.proof where there is one (accountability/completion.py), which
whoever holds the answer makes from what is published; else the one in the envelope, which no
witness can have cosigned.

What it cannot show: that an answer is true, that the requester was entitled to ask, or that the
holder shows everyone the same ledger; for the last, compare checkpoints with a witness.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from counterfoil.answers.format import PARTS, commit_release
from counterfoil.answers.read_envelope import check_rows, one_object, open_envelope, reading
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.tlog.checkpoint import check_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures, time_words
from counterfoil.tlog.note import VerifierKey, parse_vkey
from counterfoil.tlog.policy import Policy
from counterfoil.tlog.tlog_proof import Proof, parse_proof
from counterfoil.tlog.tree import check_inclusion, leaf_hash

if TYPE_CHECKING:
    from counterfoil.answers.recalls import RecallFilter

MAX_PROOF_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing established. `holds` is false only for an expiry that has passed, and for answers
    that were recalled."""

    number: int
    holds: bool
    text: str


def proof_path(file: Path) -> Path:
    """Where the completed proof of an answer file stands."""
    return file.with_name(f"{file.name}.proof")


def verify_answer(
    path: Path,
    holder_vkey: str,
    on: date,
    policy: Policy | None = None,
    recalls: RecallFilter | None = None,
) -> list[Statement]:
    """Check FILE and FILE.jws, and FILE.proof where it is there, against the holder's verifier key,
    as of the day `on`; and look it up in a list of recalls.

    Raises VerifyFault for the first thing that fails (codes: docs/formats/answer-file.md),
    InputFault `answer_unreadable` for a file that is not there.
    """
    key = parse_vkey(holder_vkey)
    envelope = open_envelope(path, key)  # 1
    completed = proof_path(path)
    try:
        proof = read_ordinary(completed, MAX_PROOF_BYTES) if completed.exists() else None
    except (OSError, ValueError):
        raise InputFault(
            "proof_unreadable",
            "the completed proof cannot be read",
            place=completed.name,
            cure="Remove it, or make it again with `counterfoil complete-answer FILE --from public "
            "--holder-key holder.vkey`.",
        ) from None
    with reading(path) as rows:
        established = _establish(envelope, rows, key, on, proof, policy)
    if recalls is not None:
        established.append(_recalls(recalls, envelope, key, policy))  # 8
    return established


def check_quorum(note: str | bytes, policy: Policy | None) -> tuple[str, ...]:
    """Each witness of a policy that cosigned a checkpoint, with its time; nothing without a policy.
    Raises VerifyFault `answer_quorum` where they are no quorum."""
    if policy is None:
        return ()
    times = check_cosignatures(note, [each.key for each in policy.witnesses])
    said = tuple(f"{key.name} at {time_words(time)}" for key, time in times.items())
    if not policy.holds(times):
        raise VerifyFault(
            "answer_quorum",
            f"the witnesses that cosigned are no quorum: {', '.join(said) or 'nobody did'}",
            place="checkpoint",
            cure="Make the proof anew from what the holder published since: "
            "`counterfoil complete-answer FILE --from public --holder-key holder.vkey`.",
        )
    return said


def _establish(
    envelope: Mapping[str, Any],
    rows: BinaryIO,
    key: VerifierKey,
    on: date,
    completed: bytes | None,
    policy: Policy | None,
) -> list[Statement]:
    digest, count = envelope["rows_digest"], envelope["row_count"]
    form, version = envelope["rows_format"], envelope["format"]
    answers = check_rows(rows, digest, count, form, version)  # 2, 3
    proof, size = _check_ledger(envelope, key, completed)  # 4, 5, 6
    cosigned = check_quorum(proof.note, policy)  # 4
    texts = (
        f"{key.name} signed the envelope: agreement {envelope['agreement']}, batch "
        f"{envelope['batch']}.",
        f"The rows are those that it signed: {digest}.",
        f"There are {count} rows, and nothing in them but {_counted(answers)}.",
        f"{key.name} signed a checkpoint of its ledger at {size} entries."
        + (f" Cosigned by {', '.join(cosigned)}: a quorum." if cosigned else ""),
        f"The release is entry {proof.index} of that ledger.",
        "The entry commits to this batch, file, agreement, snapshot and rules, at "
        f"{envelope['released_at']}; certified {_certified(envelope['certificates'])}.",
    )
    established = [Statement(number, True, text) for number, text in enumerate(texts, 1)]
    return [*established, _expiry(envelope["expires_on"], on)]  # 7


def _check_ledger(
    envelope: Mapping[str, Any], key: VerifierKey, completed: bytes | None
) -> tuple[Proof, int]:
    ledger: Mapping[str, Any] = envelope["ledger"]
    if not envelope["office"] == ledger["origin"] == key.name:
        raise VerifyFault(
            "answer_origin",
            "the ledger is not that of the holder whose key you named",
            cure="Ask the holder for its verifier key.",
        )
    entry = b64decode(ledger["entry"])
    proof = parse_proof(ledger["proof"] if completed is None else completed)
    checkpoint = check_checkpoint(proof.note, key)  # 4
    if proof.index != ledger["index"]:
        raise _not_bound("the proof is of another entry")
    check_inclusion(
        leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root
    )  # 5
    _check_commitment(one_object(entry, "release entry"), envelope)  # 6
    return proof, checkpoint.size


def _check_commitment(entry: Mapping[str, Any], envelope: Mapping[str, Any]) -> None:
    if entry.get("kind") != "release" or entry.get("v") != 1:
        raise _not_bound("the entry is not a release")
    if entry.get("answers") != commit_release(envelope, b64decode(envelope["salt"])):
        raise _not_bound("the entry commits to something else")
    rows = entry.get("rows", envelope["row_count"])
    if (entry.get("batch"), entry.get("time"), rows) != tuple(
        envelope[field] for field in ("batch", "released_at", "row_count")
    ):
        raise _not_bound("the entry names another batch, time or number of rows")


def _not_bound(why: str) -> VerifyFault:
    return VerifyFault(
        "answer_entry",
        f"the ledger does not show this release: {why}",
        cure="Do not use the answers. Send the envelope to the inspector.",
    )


def _expiry(expires_on: str, on: date) -> Statement:
    if on > date.fromisoformat(expires_on):
        expired = f"EXPIRED: the last day of use was {expires_on}, and today is {on}."
        return Statement(7, False, expired)
    usable = f"They may be used until {expires_on}, under the use limits that the envelope states."
    return Statement(7, True, usable)


def _recalls(
    asked: RecallFilter, envelope: Mapping[str, Any], key: VerifierKey, policy: Policy | None
) -> Statement:
    from counterfoil.answers.recalls import look_up  # needs more than the rest

    made_at, size, found = look_up(asked, envelope, key, lambda note: check_quorum(note, policy))
    as_of = f"by the list of {made_at}, which is complete at {size} entries"
    if not found:
        return Statement(8, True, f"Not recalled, {as_of}.")
    said = (
        f"{'rows ' + ', '.join(each.rows) if each.rows else 'all answers'} by entry {each.index} "
        f"at {each.recalled_at}"
        for each in found
    )
    return Statement(8, False, f"RECALLED: {'; '.join(said)}; {as_of}. Do not use them.")


def _certified(certificates: Mapping[str, Any]) -> str:
    """By scope the limit that was certified, a rate of wrong confirmations for any kind of decoy,
    and the certificate."""
    cited = (
        f"{scope} to {certificate['limit'] / PARTS:.1e} by {certificate['certificate']}"
        for scope, certificate in certificates.items()
    )
    return ", ".join(cited) or "none"


def _counted(answers: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {answer}" for answer, count in answers.items())
