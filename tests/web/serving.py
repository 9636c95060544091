"""An application of pages on a loopback port, for a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
"""What `npm ci` in assets/ brings."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def served(app: Any, port: int) -> Generator[None]:
    """The application at 127.0.0.1 on a port."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until, "the pages are not served"
        time.sleep(0.02)
    yield
    server.should_exit = True
    thread.join(30)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run({runOnly: tags, iframes: false, resultTypes: ['violations']})", _TAGS
    )
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def is_too_wide(page: Page) -> list[str]:
    """Which elements reach beyond the window, so that a reader has to scroll sideways."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(each => {
                 const box = each.getBoundingClientRect();
                 return box.width && box.right > document.documentElement.clientWidth + 1
                   && getComputedStyle(each).position !== 'absolute';
               }).map(each => `${each.tagName}.${each.className}`).slice(0, 5)"""
        )
    )
