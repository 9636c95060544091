"""Verifying what an office handed out, from files and the holder's verifier key alone: an answer,
and that an entry is in the ledger."""

from __future__ import annotations

from counterfoil.answers.verify import verify_answer
from counterfoil.tlog import check_proof

__all__ = ["check_proof", "verify_answer"]
