"""The order of things: receive, determine, review, release, explain, and the build of the
register."""

from __future__ import annotations

from counterfoil.disclosure.determine import DetermineBatch, determine_batch
from counterfoil.disclosure.receive import ReceiveFile, receive_file
from counterfoil.disclosure.release import (
    ReadAnswer,
    ReleaseBatch,
    is_released,
    read_answer,
    release_batch,
    release_statement,
)
from counterfoil.disclosure.review import (
    ReviewBatch,
    WithdrawBatch,
    review_batch,
    review_statement,
    withdraw_batch,
    withdraw_statement,
)
from counterfoil.disclosure.steps import BatchStatus, batch_status, batch_statuses

__all__ = [
    "BatchStatus",
    "DetermineBatch",
    "ReadAnswer",
    "ReceiveFile",
    "ReleaseBatch",
    "ReviewBatch",
    "WithdrawBatch",
    "batch_status",
    "batch_statuses",
    "determine_batch",
    "is_released",
    "read_answer",
    "receive_file",
    "release_batch",
    "release_statement",
    "review_batch",
    "review_statement",
    "withdraw_batch",
    "withdraw_statement",
]
