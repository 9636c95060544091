"""The order of things. This is the only file that knows it.

    bytes -intake-> Request -gate-> Grant | Refusal
                            Grant -register-> Residents -match-> Match   (private)
                                              Match -review-> Ruling -respond-> Answer   (public)

Each step yields ledger entries, and a step's effect is not seen before they are durable (P5):

    receive     `batch`; then for each chunk `granted` | `refused` | `rejected` with its encrypted rows, in one commit
    determine   for each chunk: `opening` is committed, the keeper counts, only then is a door opened
    review      `review` with the first officer's signature, in one commit
    release     `disclosure` | `not_compared` for each answer, `release`, the checkpoint and the sealed answer, in one
                commit; only then are files written

A step that was broken off, by Ctrl-C, a kill or a full disk, is run again with the same words: it goes on where its last
commit was, under the rules and the date that the batch was received with. A step under other rules is refused. Each of
these commits asks first whether the office stands still by order (suspending.py).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from counterfoil import canon, chunks, intake, match, register
from counterfoil.errors import StateFault
from counterfoil.gate import BatchFacts, BatchFactsBuilder, Gate, require_signed
from counterfoil.gate.known import encode_known
from counterfoil.gate.memory import recall, remember
from counterfoil.gate.store import load_history, record_batch
from counterfoil.ledger import Draft, Kind
from counterfoil.model import Header, Public, Reject, Request
from counterfoil.office import Office, enter_law, new_batch_id
from counterfoil.payloads import keep_chunk, read_chunk
from counterfoil.proof import Signer
from counterfoil.releasing import answer_of, seal_answer
from counterfoil.respond.release import check_out, write_answer
from counterfoil.review import store as batches
from counterfoil.review.batch import DETERMINATION, KNOWN, REQUEST, Batch, NewBatch
from counterfoil.review.determinations import DeterminationsDigest, decode_gated, encode_determinations, pack
from counterfoil.review.machine import BatchState
from counterfoil.review.payload import BatchKey, new_key, unwrap_key
from counterfoil.review.ruling import Act, Determined, Reviewed, rule, sign_word
from counterfoil.suspending import acting, require_running

Progress = Callable[[int, int | None, str], None]
RejectSink = Callable[[Reject], None]
KEEPER_LIMIT = "keeper_limit"
UNREADABLE = "register_unreadable"


class Standing(Public, frozen=True):
    """Where a batch stands after a step. `counts` are of rows; `already`: the step had been done before."""

    batch: str
    state: str
    counts: dict[str, int]
    already: bool = False


def _quiet(_done: int, _total: int | None, _phase: str) -> None:
    """No progress is shown."""


# -- receive: intake and gate ------------------------------------------------------------------


def receive(office: Office, path: Path, reject: RejectSink, progress: Progress = _quiet) -> Standing:
    """Read a request file, put every row before the law, and keep both. The same bytes are one batch for ever.

    `reject` is told each row that could not be read. Raises InputFault or VerifyFault for a file that is refused whole, GateFault
    where the agreement is not signed by both parties, StateFault where the office stands still.
    """
    with office.store.reading() as connection:
        require_running(office, connection)
    file = intake.open_file(path, default_header=office.default_header(), principal_keys=office.principal_keys())
    wrapping, history_key = office.payload_keys()
    require_signed(office.law.agreement)
    facts = _read_through(file, history_key, reject, progress)
    batch, key, new = _batch_of(office, file, wrapping)
    if batch.state is BatchState.RECEIVED:
        _require_same_rules(office, batch)
        batch = _gate_batch(office, batch, key, file, facts, progress)
    return Standing(batch.id, str(batch.state), batch.counts, already=not new)


def _read_through(file: intake.RequestFile, history_key: bytes, reject: RejectSink, progress: Progress) -> BatchFacts:
    """Read the whole file once before any row is decided: guards look at all of it, and rejects are told."""
    builder = BatchFactsBuilder(history_key)
    for number, row in enumerate(file.rows(), 1):
        if isinstance(row, Request):
            builder.add(row)
        else:
            reject(row)
        if number % 4096 == 0:
            progress(number, None, "read")
    return builder.finish(file.header, file.digest)


def _batch_of(office: Office, file: intake.RequestFile, wrapping: bytes) -> tuple[Batch, BatchKey, bool]:
    """The batch of this file: the one that stands, or a new one whose `batch` entry is in the same commit."""
    now, batch_id = office.clock(), new_batch_id(office.random)
    key = new_key(batch_id, office.random)
    sent = file.header
    wanted = NewBatch(
        id=batch_id, file_digest=file.digest, agreement=office.law.agreement.id, agreement_digest=office.law.agreement_digest,
        rules_digest=office.rules, header=_header_fields(sent),
        received_at=now, gate_date=now.date(), wrapped_key=key.wrap(wrapping, office.random),
    )  # fmt: skip
    with acting(office) as connection:
        batch, new = batches.create_batch(connection, wanted)
        if new:
            enter_law(office, connection)
            fields = {"batch": batch.id, "agreement": batch.agreement_digest, "rules": batch.rules_digest}
            named = canon.commit(key.salt("file", 0), file.digest.encode())
            office.ledger.append(connection, [Draft(Kind.BATCH, {**fields, "file": named})], now)
    return (batch, key, True) if new else (batch, unwrap_key(batch.id, batch.wrapped_key, wrapping), False)


def _header_fields(sent: Header) -> dict[str, str]:
    signed = "true" if sent.signed else "false"
    return {
        "requester": sent.requester,
        "principal": sent.principal,
        "sent_on": sent.sent_on.isoformat(),
        "signed": signed,
    }


def _gate_batch(
    office: Office, batch: Batch, key: BatchKey, file: intake.RequestFile, facts: BatchFacts, progress: Progress
) -> Batch:
    agreement = office.law.agreement
    with acting(office) as connection:
        record_batch(connection, facts, batch.id, batch.gate_date, agreement)
        seq, done = batches.count_chunks(connection, batch, REQUEST)
        history = load_history(connection, facts, batch.id, batch.gate_date, agreement.limits)
    gate, rows = Gate(office.law, facts, history, batch.gate_date), islice(file.rows(), done, None)
    while chunk := list(islice(rows, office.settings.chunk_rows)):
        batch = _gate_chunk(office, batch, key, gate, chunk, (seq, done))
        seq, done = seq + 1, done + len(chunk)
        progress(done, facts.rows, "gate")
    with acting(office) as connection:
        batches.mark_gated(connection, batch, batch.counts)
        office.ledger.sign_checkpoint(connection, office.signer())
        return batches.find_batch(connection, batch.id)


def _gate_chunk(
    office: Office, batch: Batch, key: BatchKey, gate: Gate, chunk: list[Request | Reject], place: tuple[int, int]
) -> Batch:
    seq, first = place
    questions = chunks.read_questions(chunk, gate)
    with office.store.reading() as connection:
        window = office.law.agreement.limits.guards.window_days
        past = recall(connection, list(questions.values()), batch.id, batch.gate_date, window)
    rows = chunks.gate_rows(chunk, gate, questions, past)
    encoded = chunks.encode_rows(rows)
    with acting(office) as connection:
        keep_chunk(connection, batch, key, REQUEST, seq, pack(encoded), len(rows), office.random)
        keep_chunk(connection, batch, key, KNOWN, seq, encode_known(gate.known(past)), 0, office.random)
        batches.add_counts(connection, batch, chunks.count_gated(rows))
        remember(connection, batch.id, batch.gate_date, chunks.remembered(rows, gate, questions))
        office.ledger.append(connection, chunks.gate_drafts(rows, encoded, batch.id, key, first), office.clock())
        return batches.find_batch(connection, batch.id)


# -- determine: register and match -------------------------------------------------------------


def determine(office: Office, batch_id: str, progress: Progress = _quiet) -> Standing:
    """Open the register for what the gate admitted, and decide. Nothing is told to anyone.

    Raises StateFault (not gated, other rules, other snapshot), StoreFault, KeyFault.
    """
    batch = _find_running(office, batch_id)
    if batch.state in (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED):
        return Standing(batch.id, str(batch.state), batch.counts, already=True)
    batch.require(BatchState.GATED)
    _require_in_force(office, batch)
    key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    with office.open_register(batch.snapshot) as sealed:
        with acting(office) as connection:
            batches.pin_snapshot(connection, batch, sealed.snapshot)
        batch = _find(office, batch_id)
        _determine_chunks(office, batch, key, sealed, progress)
    with acting(office) as connection:
        digest = DeterminationsDigest(key)
        for seq in range(batches.count_chunks(connection, batch, DETERMINATION)[0]):
            digest.add(read_chunk(connection, batch, key, DETERMINATION, seq))
        batches.mark_determined(connection, batches.find_batch(connection, batch.id), digest.digest(), {})
        batch = batches.find_batch(connection, batch.id)
    return Standing(batch.id, str(batch.state), batch.counts)


def _determine_chunks(
    office: Office, batch: Batch, key: BatchKey, sealed: register.SealedRegister, progress: Progress
) -> None:
    with office.store.reading() as connection:
        total, _ = batches.count_chunks(connection, batch, REQUEST)
        done, _ = batches.count_chunks(connection, batch, DETERMINATION)
    weights = office.weights(sealed.manifest)
    opening: dict[str, str | int] = {"batch": batch.id, "snapshot": register.manifest_digest(sealed.manifest)}
    for seq in range(done, total):
        _determine_chunk(office, batch, key, sealed, weights, opening, seq)
        progress(seq + 1, total, "determine")


def _determine_chunk(
    office: Office,
    batch: Batch,
    key: BatchKey,
    sealed: register.SealedRegister,
    weights: match.Weights,
    opening: dict[str, str | int],
    seq: int,
) -> None:
    """Enter the openings, then open, then decide, then keep. Broken off between: entered once, opened again."""
    keeper = office.keeper()
    with acting(office) as connection:
        held = batches.get_chunk(connection, batch, REQUEST, seq)
        rows = decode_gated(key.open(REQUEST, seq, held.sealed))
        admitted = chunks.grants_of(rows)
        grants = admitted[: keeper.remaining()]
        if not held.opened:
            draft = Draft(Kind.OPENING, {**opening, "rows": len(grants)})
            office.ledger.append(connection, [draft] if grants else [], office.clock())
            batches.mark_opened(connection, batch, seq)
    opened = chunks.open_chunk(grants, sealed) if grants else {}
    code = KEEPER_LIMIT if len(grants) < len(admitted) else UNREADABLE
    decided = chunks.decide_rows(rows, opened, weights, code)
    with acting(office) as connection:
        plain = encode_determinations(decided)
        keep_chunk(connection, batch, key, DETERMINATION, seq, plain, len(decided), office.random)
        batches.add_counts(connection, batch, chunks.count_determined(decided))


# -- review, release, withdraw: two officers ---------------------------------------------------


def review(office: Office, batch_id: str, name: str, signer: Signer) -> Standing:
    """The first officer signs the determinations. Raises StateFault, VerifyFault."""
    with acting(office) as connection:
        batch = batches.find_batch(connection, batch_id)
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batch.require(BatchState.DETERMINED)
        word = Determined(office.settings.name, batch.id, batch.determinations_digest)
        batches.mark_reviewed(connection, batch, Reviewed(word, officer, sign_word(word, Act.REVIEW, signer.private)))
        fields: dict[str, str | int] = {
            "batch": batch.id,
            "determinations": batch.determinations_digest,
            "officer": canon.digest(officer.vkey.encode()),
        }
        office.ledger.append(connection, [Draft(Kind.REVIEW, fields)], office.clock())
        batch = batches.find_batch(connection, batch_id)
    return Standing(batch.id, str(batch.state), batch.counts)


def release(office: Office, batch_id: str, name: str, signer: Signer, out: Path) -> Standing:
    """The second officer signs; the answers are entered, then written to `out` and `out`.jws.

    On a released batch it writes the same bytes again. Raises StateFault, VerifyFault, UsageFault, StoreFault.
    """
    holder, (wrapping, _) = office.signer(), office.payload_keys()
    with office.store.reading() as connection:
        batches.officer_with_key(connection, name, str(signer.verifier))
    already = _find_running(office, batch_id).state is BatchState.RELEASED
    if not already:
        check_out(out)
        with acting(office) as connection:
            batch = batches.find_batch(connection, batch_id)
            batch.require(BatchState.REVIEWED)
            _require_in_force(office, batch)
            second = batches.officer_with_key(connection, name, str(signer.verifier))
            reviewed = batches.load_reviewed(connection, batch, office.settings.name)
            ruling = rule(reviewed, second, sign_word(reviewed.determined, Act.RELEASE, signer.private))
            key = unwrap_key(batch.id, batch.wrapped_key, wrapping)
            seal_answer(office, connection, batch, ruling, key, holder, out)
    batch = _find(office, batch_id)
    with office.store.reading() as connection:
        require_running(office, connection)
        envelope, parts, digest = answer_of(connection, batch, unwrap_key(batch.id, batch.wrapped_key, wrapping), out)
        write_answer(out, envelope, parts, digest)
    return Standing(batch.id, str(batch.state), batch.counts, already=already)


def withdraw(office: Office, batch_id: str, name: str, signer: Signer) -> Standing:
    """Close a batch unanswered, for good. Raises StateFault."""
    with office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batches.mark_withdrawn(connection, batch)
        fields = {"batch": batch.id, "officer": canon.digest(officer.vkey.encode())}
        office.ledger.append(connection, [Draft(Kind.WITHDRAWAL, {**fields})], office.clock())
        office.ledger.sign_checkpoint(connection, office.signer())
        batch = batches.find_batch(connection, batch_id)
    return Standing(batch.id, str(batch.state), batch.counts)


def standing(office: Office) -> list[Standing]:
    """Every batch, oldest first."""
    with office.store.reading() as connection:
        return [Standing(batch.id, str(batch.state), batch.counts) for batch in batches.list_batches(connection)]


def _find_running(office: Office, batch_id: str) -> Batch:
    """The batch, unless the office stands still."""
    with office.store.reading() as connection:
        require_running(office, connection)
        return batches.find_batch(connection, batch_id)


def _find(office: Office, batch_id: str) -> Batch:
    with office.store.reading() as connection:
        return batches.find_batch(connection, batch_id)


def _require_same_rules(office: Office, batch: Batch) -> None:
    """A batch is finished under the rules that it was received under, or not at all."""
    if batch.rules_digest != office.rules:
        raise StateFault(
            "rules_changed", "the law, the agreement or the version changed since this batch was received", place=batch.id,
            cure="Withdraw the batch, and have the requester send it again: it is judged anew under the rules in force.",
        )  # fmt: skip


def _require_in_force(office: Office, batch: Batch) -> None:
    """Nothing is opened and nothing leaves outside the agreement's dates, whatever was admitted before."""
    _require_same_rules(office, batch)
    if not office.law.agreement.in_force.covers(office.clock().date()):
        raise StateFault(
            "agreement_not_in_force", "the agreement is not in force today", place=batch.agreement,
            cure="Nothing is determined or released outside its dates. Withdraw the batch.",
        )  # fmt: skip
