"""What a build of the register is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from counterfoil.register.canaries import Canary
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.learning import Learner
from counterfoil.register.loading import Progress
from counterfoil.register.pages.sealing import BUCKET_FORMAT
from counterfoil.register.spark.pool import Cluster


def _no_progress(_done: int, _total: int | None, _phase: str) -> None:
    """Report nothing."""


def _keep_no_canaries(_snapshot: str, _canaries: list[Canary]) -> None:
    """Keep nothing."""


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """What a build is given besides its source and its place.

    sign: makes the holder's Ed25519 signature over bytes. now: UTC. match_version: stored for the
    reader. learner: is fed as learning.py says, by way of copies of it that are merged. evidence:
    given with a learner, called once after it was fed; returns what goes into the manifest.
    memory_bytes: a process sorts within a sixteenth of it, and needs about four times as much,
    beside 150 MB of its own (of format 2: what DuckDB may use, at least 256 MiB). progress: called
    with (done, total or None, phase); the phases are read, seal, marks, doors, learn and close.
    workers: processes; 0 leaves it to the size of the source. cluster: whose Spark workers take the
    steps in their place; they see the register's folder and the source under the same paths.
    bucket_format: format 2 is built for
    tests and measurements alone. canaries: how many are wanted. keep_canaries: called with the
    snapshot's name and its canaries before the snapshot is made current; nothing else learns which
    they are.
    """

    custodian: KeyCustodian
    sign: Callable[[bytes], bytes]
    now: datetime
    match_version: str
    learner: Learner | None = None
    evidence: Callable[[], dict[str, Any]] | None = None
    made_up: bool = False
    random: Callable[[int], bytes] = os.urandom
    memory_bytes: int = 512 << 20
    progress: Progress = field(default=_no_progress)
    workers: int = 0
    cluster: Cluster | None = None
    bucket_format: str = BUCKET_FORMAT
    canaries: int = 0
    keep_canaries: Callable[[str, list[Canary]], None] = _keep_no_canaries

    def __post_init__(self) -> None:
        if (self.learner is None) != (self.evidence is None):
            raise ValueError(
                "a learner and its evidence are given together, or what was learned is lost"
            )

    @property
    def built_at(self) -> str:
        """The time of the build, UTC to the second, as the manifest states it."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
