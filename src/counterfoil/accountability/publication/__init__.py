"""What an office publishes: its ledger on a clock (service.py), with pages for people beside it.

site         the pages, the feed and what can be taken along, from facts
facts        what they show, read from the published folder
counts       counts by month and statute, and which are not shown
texts        the words, in English and Spanish
verify_page  verify.html, which checks files without a network
"""

from __future__ import annotations

from counterfoil.accountability.publication.service import (
    RECALLS,
    PublicationStatus,
    PublishAnew,
    Published,
    PublishLedger,
    publication_status,
    publish,
    publish_anew,
    publish_anew_statement,
)

__all__ = [
    "RECALLS",
    "PublicationStatus",
    "PublishAnew",
    "PublishLedger",
    "Published",
    "publication_status",
    "publish",
    "publish_anew",
    "publish_anew_statement",
]
