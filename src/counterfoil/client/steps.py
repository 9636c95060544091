"""The steps of a batch for those who sit at the office's own machine: files in, files out, each
officer with a key of their own."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from counterfoil.answers.rows import rows_format
from counterfoil.answers.write import check_out, write_answer, write_proof
from counterfoil.batches.states import BatchState
from counterfoil.client.keys import Desk, OfficerKey, act, ask
from counterfoil.client.remote import RemoteOffice
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Progress, Upload, finish
from counterfoil.core.values import Reject
from counterfoil.disclosure import (
    BatchStatus,
    DetermineBatch,
    ReadAnswer,
    ReceiveFile,
    ReleaseBatch,
    ReviewBatch,
    WithdrawBatch,
    batch_status,
    determine_batch,
    is_released,
    read_answer,
    receive_file,
    release_batch,
    release_statement,
    review_batch,
    review_statement,
    withdraw_batch,
    withdraw_statement,
)
from counterfoil.office import Office
from counterfoil.office.context import LOCAL, Engine

_BLOCK: Final = 1 << 18
_REVIEWED = (BatchState.REVIEWED, BatchState.RELEASED)
Watch = Callable[[Progress | Reject], None]


def receive(
    office: Office, file: Path, watch: Watch | None = None, *, document: Path | None = None
) -> BatchStatus:
    """Receive a request file. `watch` sees each rejected row and the progress. Raises as
    `receive_file`."""
    named = Upload(document) if document else None
    return finish(receive_file(office, SERVICE, ReceiveFile(Upload(file), named)), watch)


def determine(
    office: Office, batch: str, watch: Watch | None = None, engine: Engine = LOCAL
) -> BatchStatus:
    """Decide a batch. Raises as `determine_batch`."""
    return finish(determine_batch(office, SERVICE, DetermineBatch(batch, engine)), watch)


def review(
    office: Desk, batch: str, key: OfficerKey, sheet: Mapping[str, bool] | None = None
) -> BatchStatus:
    """The first officer signs. Raises as `review_batch`."""
    return act(office, review_statement, review_batch, ReviewBatch(batch, sheet), key)


def review_once(
    office: Office, batch: str, key: OfficerKey, sheet: Mapping[str, bool] | None = None
) -> None:
    """The first officer signs, unless the batch is reviewed by now: another process may be at the
    same file. Raises as `review_batch`."""
    try:
        review(office, batch, key, sheet)
    except StateFault:
        if batch_status(office, SERVICE, batch).state not in _REVIEWED:
            raise


def release_there(
    office: RemoteOffice, batch: str, key: OfficerKey, out: Path | None
) -> BatchStatus:
    """The second officer signs through a service. The answer leaves by the mailbox; it is written
    to `out` too where that is named. Of a released batch nothing is signed again.

    Raises as `release_batch`; UsageFault `out_taken`, `out_folder`, `out_format`, StoreFault.
    """
    key.log_in(office)
    already = _is_released(office, batch)
    if not already:
        if out is not None:
            check_out(out)
        command = ReleaseBatch(batch, rows_format(out) if out else "jsonl")
        try:
            act(office, release_statement, release_batch, command, key)
        except (StateFault, UsageFault):
            already = _is_released(office, batch)
            if not already:
                raise
    if out is not None:
        _fetch(office, batch, out)
    status = ask(office, batch_status, NOBODY, batch)
    return BatchStatus(status.batch, status.state, status.counts, already)


def _fetch(office: RemoteOffice, batch: str, out: Path) -> None:
    """Write a released answer as the office hands it out."""
    with tempfile.TemporaryFile() as rows:
        office.answer(batch, "rows", rows)
        envelope, digest = BytesIO(), hashlib.sha256()
        office.answer(batch, "envelope", envelope)
        rows.seek(0)
        form = "jsonl" if rows.read(1) == b"{" else "csv"
        if rows_format(out) != form:
            raise _other_form(form, out)
        rows.seek(0)
        while block := rows.read(_BLOCK):
            digest.update(block)
        rows.seek(0)
        parts = iter(lambda: rows.read(_BLOCK), b"")
        write_answer(out, envelope.getvalue(), parts, f"sha256:{digest.hexdigest()}")


def _is_released(office: RemoteOffice, batch: str) -> bool:
    return ask(office, batch_status, NOBODY, batch).state == BatchState.RELEASED


def release(office: Office, batch: str, key: OfficerKey, out: Path) -> BatchStatus:
    """The second officer signs, and the answer is written to `out` and `out`.jws. Of a released
    batch, also of one that another process releases meanwhile, the same bytes are written again,
    and `out`.proof once a quorum of witnesses cosigned the release.

    Raises as `release_batch` and `read_answer`; UsageFault `out_taken`, `out_folder`, `out_format`,
    StoreFault `answer_not_written`.
    """
    already = is_released(office, key.officer, batch)
    if not already:
        try:
            check_out(out)
            command = ReleaseBatch(batch, rows_format(out))
            act(office, release_statement, release_batch, command, key)
        except (StateFault, UsageFault):
            already = is_released(office, key.officer, batch)
            if not already:
                raise
    with read_answer(office, key.officer, ReadAnswer(batch)) as answer:
        if rows_format(out) != answer.form:
            raise _other_form(answer.form, out)
        write_answer(out, answer.envelope, answer.parts, answer.digest)
        if answer.proof:
            write_proof(out, answer.proof)
    status = batch_status(office, NOBODY, batch)
    return BatchStatus(status.batch, status.state, status.counts, already)


def _other_form(form: str, out: Path) -> UsageFault:
    return UsageFault(
        "out_format",
        f"this batch was released as {form}",
        place=out.name,
        cure=f"Name a file that ends in .{form}.",
    )


def withdraw(office: Desk, batch: str, key: OfficerKey) -> BatchStatus:
    """Close a batch unanswered. Raises as `withdraw_batch`."""
    return act(office, withdraw_statement, withdraw_batch, WithdrawBatch(batch), key)
