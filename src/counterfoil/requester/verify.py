"""Verifying what an office handed out, from files and the holder's verifier key alone: an answer,
that it was not recalled, and that an entry is in the ledger."""

from __future__ import annotations

from counterfoil.answers.recalls import RecallFilter, read_list
from counterfoil.answers.verify import verify_answer
from counterfoil.tlog import check_proof

__all__ = ["RecallFilter", "check_proof", "read_list", "verify_answer"]
