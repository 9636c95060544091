"""What a batch and a chunk look like outside the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from counterfoil.batches.states import NEXT_STEP, BatchState, Standing
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public, Sensitive

REQUEST: Final = "request"
DETERMINATION: Final = "determination"
KNOWN: Final = "known"
HOLDS: Final = "holds"
"""Kinds of chunk: rows as gated, rows as determined, what the guards knew of a request chunk
(gate/replay.py), the holds that the batch is determined under (certification/pinned.py)."""
DETERMINED_COUNTS: Final = ("compared", "not_compared")
"""Counts of rows that a batch has from being determined (office/journal.py)."""
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


class NewBatch(Public, frozen=True, gc=False):
    """What is known of a request file when it is received. `header` holds nothing of a person's
    record.

    The rules, the agreement and the gate's date are fixed here: a run that was broken off goes on
    with them.
    """

    id: str
    file_digest: str
    agreement: str
    agreement_digest: str
    rules_digest: str
    header: dict[str, str]
    received_at: datetime
    gate_date: date
    wrapped_key: bytes


class Batch(Public, frozen=True, gc=False):
    """One request file as it stands. Absent text is "", `wrapped_key` is None once the rows are
    disposed of."""

    id: str
    standing: Standing
    file_digest: str
    agreement: str
    agreement_digest: str
    rules_digest: str
    snapshot: str
    header: dict[str, str]
    received_at: datetime
    gate_date: date
    wrapped_key: bytes | None
    counts: dict[str, int]
    determinations_digest: str
    first_officer: str
    first_signature: str
    second_officer: str
    second_signature: str
    released_at: datetime | None
    release_index: int | None

    @property
    def state(self) -> BatchState:
        """Where the batch stands."""
        return self.standing.state

    def require(self, *states: BatchState) -> None:
        """Raise StateFault `batch_not_ready` unless the batch is in one of `states`."""
        if self.state not in states:
            raise StateFault(
                "batch_not_ready",
                f"the batch is {self.state}, and this needs {' or '.join(states)}",
                place=self.id,
                cure=NEXT_STEP[self.state],
            )


def batch_from_row(row: Mapping[Any, Any]) -> Batch:
    """The batch that a row of the table holds."""
    fields = {str(name): value for name, value in row.items()}
    held_from = fields.pop("held_from")
    fields["standing"] = Standing(
        BatchState(fields.pop("state")), BatchState(held_from) if held_from else None
    )
    del fields["identity"]
    fields["received_at"] = from_instant(fields["received_at"])
    fields["released_at"] = from_instant(fields["released_at"]) if fields["released_at"] else None
    fields["gate_date"] = date.fromisoformat(fields["gate_date"])
    return Batch(**fields)


def instant_text(moment: datetime) -> str:
    """A time as the table keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_INSTANT)


def from_instant(text: str) -> datetime:
    """The time that `instant_text` wrote."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


class Chunk(Sensitive, frozen=True, gc=False):
    """A sealed chunk of up to 4096 rows. `opened`: its openings are in the ledger, so the register
    may be asked."""

    kind: str
    seq: int
    row_count: int
    opened: bool
    sealed: bytes
