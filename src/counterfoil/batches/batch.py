"""What a batch and a chunk look like outside the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from counterfoil.batches.states import NEXT_STEP, BatchState, Standing
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public, Sensitive

DETERMINED_COUNTS: Final = ("compared", "not_compared")
"""Counts of rows that a batch has from being determined (office/journal.py)."""


class ChunkKind(StrEnum):
    """What a sealed chunk of a batch holds."""

    REQUEST = "request"
    """Rows as the gate left them."""
    KNOWN = "known"
    """What the guards knew of the rows of a request chunk (gate/history/snapshot.py)."""
    DETERMINATION = "determination"
    """Rows as they were determined."""
    CERTIFICATES = "certificates"
    """The certificates that govern the batch (certification/pinned.py)."""
    HOLDS = "holds"
    """The holds that the batch is determined under (controls/holds/pinned.py)."""
    SAMPLE = "sample"
    """What an officer found of the sample (controls/sampling/sheet.py)."""
    OVERRIDE = "override"
    """What two roles admitted (override.py)."""
    ENVELOPE = "envelope"
    """The signed envelope of the answer (disclosure/sealed_answer.py)."""
    ANSWER = "answer"
    """A part of the answer file."""


class BatchHeader(Public, frozen=True, gc=False):
    """What is kept of a request file's header. `requester` is what the file says; `party` is the
    agreement's. Of a document: its digest, and a keyed hash of all that is stated of it. A batch of
    an older version has no route and no party: "".

    Stored as a JSON object of texts; `signed` is "true" or "false" there.
    """

    requester: str
    principal: str
    sent_on: str
    signed: bool
    route: str = ""
    party: str = ""
    document: str = ""
    stated: str = ""

    def texts(self) -> dict[str, str]:
        """The stored form. Inverse of `header_from_texts`."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return fields | {"signed": "true" if self.signed else "false"}


def header_from_texts(stored: Mapping[str, str]) -> BatchHeader:
    """The header in its stored form; what an older version did not store is absent."""
    texts = {name: stored.get(name, "") for name in BatchHeader.__struct_fields__}
    return BatchHeader(**{**texts, "signed": texts["signed"] == "true"})  # pyright: ignore[reportArgumentType]


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
    header: BatchHeader
    received_at: datetime
    gate_date: date
    wrapped_key: bytes


class Batch(Public, frozen=True, gc=False):
    """One request file as it stands. Absent text is "", `wrapped_key` is None once the rows are
    disposed of. `generation` counts its steps, so that a statement about it serves once; `round`,
    how often it was sent back to be determined anew."""

    id: str
    standing: Standing
    file_digest: str
    agreement: str
    agreement_digest: str
    rules_digest: str
    snapshot: str
    header: BatchHeader
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
    generation: int
    round: int = 0

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
    fields["header"] = header_from_texts(fields["header"])
    fields["received_at"] = from_instant(fields["received_at"])
    fields["released_at"] = from_instant(fields["released_at"]) if fields["released_at"] else None
    fields["gate_date"] = date.fromisoformat(fields["gate_date"])
    return Batch(**fields)


class Chunk(Sensitive, frozen=True, gc=False):
    """A sealed chunk of up to 4096 rows. `opened`: its openings are in the ledger, so the register
    may be asked; `openings`: of how many requests, -1 where an older version kept no number."""

    kind: ChunkKind
    seq: int
    row_count: int
    opened: bool
    sealed: bytes
    openings: int = 0
