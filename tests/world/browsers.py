"""What the tests of pages need and may not find: node, and Debian's browsers.

    python -m tests.world.browsers chromium     prints where node and Chromium are; 1 where one is
                                                missing
    python -m tests.world.browsers firefox      the same of Firefox

Chromium is started without what Debian's own script adds: no sandbox, for tests that run as root,
and nothing that would open a connection by itself. Firefox is spoken to by Marionette, the protocol
that it has built in: one JSON text after its length, over a socket.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium", path="/usr/lib/chromium") or shutil.which("chromium")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SECONDS = 60


def keep_picture(page: Page, name: str, part: str = "") -> None:
    """Keep a picture of the page, or of a part of it, where PICTURES names a folder: to be looked
    at, and for the guides."""
    folder = os.environ.get("PICTURES")
    if folder and part:
        page.locator(part).first.screenshot(path=Path(folder) / f"{name}.png")
    elif folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium with an empty profile."""
    assert CHROMIUM is not None, "install chromium, or leave the group out: -m 'not browser'"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_SWITCHES)
        yield browser
        browser.close()


class Firefox:
    """One Firefox with an empty profile."""

    def __init__(self) -> None:
        assert FIREFOX is not None, "install firefox-esr, or leave the group out: -m 'not firefox'"
        self.profile = Path(tempfile.mkdtemp(prefix="cf-firefox-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        wanted = {
            "marionette.port": port,
            "network.dns.disabled": True,
            "app.update.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items())
        (self.profile / "user.js").write_text("".join(lines), encoding="utf-8")
        arguments = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile"]
        self.process = subprocess.Popen(
            [*arguments, str(self.profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.socket = self._connect(port)
        self.number = 0
        self._read()
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **parameters: Any) -> Any:
        """What Firefox answers a command."""
        self.number += 1
        text = json.dumps([0, self.number, command, parameters])
        self.socket.sendall(f"{len(text.encode())}:{text}".encode())
        _, number, fault, result = self._read()
        assert (number, fault) == (self.number, None), fault
        return result

    def open(self, path: Path) -> None:
        self.ask("WebDriver:Navigate", url=path.as_uri())

    def script(self, source: str) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=source, args=[])["value"]

    def type(self, selector: str, text: str) -> None:
        """Type into an element; into one for files, their paths, one a line."""
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)
        self.ask("WebDriver:ElementSendKeys", id=found["value"][_ELEMENT], text=text)

    def wait_for(self, source: str) -> Any:
        """What a script returns, once that is something."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if found := self.script(source):
                return found
            time.sleep(0.02)
        raise AssertionError(f"nothing came of {source}")

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _connect(self, port: int) -> socket.socket:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
            except ConnectionRefusedError:
                assert self.process.poll() is None, "Firefox ended by itself"
                time.sleep(0.05)
        raise AssertionError("Firefox did not start")

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.socket.recv(1)
        data = b""
        while len(data) < int(length[:-1]):
            data += self.socket.recv(int(length[:-1]) - len(data))
        return json.loads(data)


if __name__ == "__main__":
    needed = {"chromium": [NODE, CHROMIUM], "firefox": [FIREFOX]}[sys.argv[1]]
    print(*(each or "one is missing" for each in needed))
    sys.exit(None in needed)
