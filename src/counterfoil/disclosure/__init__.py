"""The order of things: receive, determine, review, release, explain, and the build of the
register."""

from __future__ import annotations

from counterfoil.disclosure.determine import determine_batch
from counterfoil.disclosure.receive import receive_file
from counterfoil.disclosure.release import release_batch
from counterfoil.disclosure.review import review_batch, withdraw_batch
from counterfoil.disclosure.steps import BatchStatus, Progress, batch_statuses

__all__ = [
    "BatchStatus",
    "Progress",
    "batch_statuses",
    "determine_batch",
    "receive_file",
    "release_batch",
    "review_batch",
    "withdraw_batch",
]
