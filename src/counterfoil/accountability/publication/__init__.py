"""What an office publishes: its ledger on a clock (service.py)."""

from __future__ import annotations

from counterfoil.accountability.publication.service import (
    PublicationStatus,
    Published,
    PublishLedger,
    publication_status,
    publish,
)

__all__ = ["PublicationStatus", "PublishLedger", "Published", "publication_status", "publish"]
