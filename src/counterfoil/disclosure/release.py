"""Release: the second officer signs; the answers are entered, then written."""

from __future__ import annotations

from pathlib import Path

from counterfoil.answers.write import check_out, write_answer
from counterfoil.batches import store as batches
from counterfoil.batches.encryption import unwrap_key
from counterfoil.batches.ruling import Act, rule, sign_word
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.service import require_sampled
from counterfoil.controls.suspension.stopped import require_running
from counterfoil.controls.witnesses import require_witnessed
from counterfoil.disclosure.sealed_answer import answer_of, seal_answer
from counterfoil.disclosure.steps import (
    BatchStatus,
    acting_on,
    find,
    find_running,
    require_in_force,
)
from counterfoil.office import Office
from counterfoil.tlog import Signer


def release_batch(
    office: Office, batch_id: str, name: str, signer: Signer, out: Path
) -> BatchStatus:
    """The second officer signs; the answers are entered, then written to `out` and `out`.jws.

    On a released batch it writes the same bytes again. Raises StateFault, VerifyFault, UsageFault,
    StoreFault.
    """
    holder, (wrapping, _) = office.signer(), office.payload_keys()
    with office.store.reading() as connection:
        batches.officer_with_key(connection, name, str(signer.verifier))
    already = find_running(office, batch_id).state is BatchState.RELEASED
    if not already:
        check_out(out)
        with acting_on(office, batch_id) as (connection, batch):
            batch.require(BatchState.REVIEWED)
            require_witnessed(office, connection)
            require_in_force(office, batch)
            require_sampled(office, connection, batch)
            second = batches.officer_with_key(connection, name, str(signer.verifier))
            reviewed = batches.load_reviewed(connection, batch, office.settings.name)
            ruling = rule(
                reviewed, second, sign_word(reviewed.determined, Act.RELEASE, signer.private)
            )
            key = unwrap_key(batch.id, batch.wrapped_key, wrapping)
            seal_answer(office, connection, batch, ruling, key, holder, out)
    batch = find(office, batch_id)
    with office.store.reading() as connection:
        require_running(office, connection, batch.id, batch.header)
        require_witnessed(office, connection)
        envelope, parts, digest = answer_of(
            connection, batch, unwrap_key(batch.id, batch.wrapped_key, wrapping), out
        )
        write_answer(out, envelope, parts, digest)
    return BatchStatus(batch.id, str(batch.state), batch.counts, already=already)
