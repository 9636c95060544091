"""All pages that the office serves. What is not here does not exist; who gets which of them, each
page says by its actions, and tests/web/test_roles.py goes through every role and every page.
"""

from __future__ import annotations

from typing import Final

from counterfoil.web.inspector import checks, evidence, ledger
from counterfoil.web.inspector import sample as inspection
from counterfoil.web.officers import (
    batch,
    duties,
    inbox,
    incidents,
    notices,
    people,
    recalls,
    request,
    sample,
    signing,
    standing,
    stops,
    waiting,
)
from counterfoil.web.page import Page
from counterfoil.web.persons import accounting

OFFICE_PAGES: Final[tuple[Page, ...]] = (
    *inbox.PAGES,
    *signing.PAGES,
    *batch.PAGES,
    *sample.PAGES,
    *request.PAGES,
    *waiting.PAGES,
    *stops.PAGES,
    *recalls.PAGES,
    *incidents.PAGES,
    *duties.PAGES,
    *notices.PAGES,
    *people.PAGES,
    *standing.PAGES,
    *ledger.PAGES,
    *checks.PAGES,
    *evidence.PAGES,
    *inspection.PAGES,
    *accounting.PAGES,
)
