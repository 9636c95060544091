"""One process at a time at a step of a batch that takes several commits: receiving it, or
determining it. Another that begins the same step waits, and then goes on from how the batch stands.

A step in one commit needs no such lock: the database has one writer at a time, and each commit
looks at the state that it finds. The lock is a file in the office's folder, `.BATCH.lock`, which
ends with the process. It is no rule: whatever two processes do at once, each commit of a step asks
again whether the work before it is still its own (disclosure/receive.py, disclosure/determine.py).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.core.file_lock import locked_file
from counterfoil.office.context import Office


@contextmanager
def one_at_a_time(office: Office, batch_id: str) -> Generator[None]:
    """Wait until no other process is at a long step of this batch, and be the one until the end.
    Raises StateFault `batch_running`, StoreFault `batch_not_locked`."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked_file(office.directory / f".{batch_id}.lock"))
        except BlockingIOError:
            raise batch_running(batch_id) from None
        except OSError as fault:
            raise StoreFault(
                "batch_not_locked",
                f"the batch's lock cannot be written ({type(fault).__name__})",
                place=batch_id,
                cure="Nothing was done. Check disk space and permissions of the office, then run "
                "the same command again.",
            ) from None
        yield


def batch_running(batch_id: str) -> StateFault:
    """Another process is at work on the batch."""
    return StateFault(
        "batch_running",
        "another process is at work on this batch",
        place=batch_id,
        cure="Nothing is lost, and nothing is done twice. Let the other process finish, or run "
        "the same command again: it goes on from where the batch then stands.",
    )
