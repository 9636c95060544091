"""The requester's whole journey over mutual TLS, as docs/operate/mutual-tls.md tells it: the shipped
proxy configuration in a real nginx, a gateway that has neither key nor office, an office beside it.
The certificate decides before the first byte of a body.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple

import pytest

from counterfoil.service.sandbox import prepare_sandbox
from tests.house.tree import ROOT
from tests.journeys.sessions import Session, as_pattern, read_sessions, run_step
from tests.world.nginx import proxy, shipped

pytestmark = [pytest.mark.whole, pytest.mark.nginx]
PAGE = ROOT / "docs" / "operate" / "mutual-tls.md"
SECONDS = 120
ITEM = "0123456789abcdef" * 2


class Place(NamedTuple):
    """Where it all runs: a folder, and the ports of the proxy and of the office."""

    folder: Path
    tls: int
    office: int

    def said(self, text: str) -> str:
        """A text of the page with the ports of this machine."""
        return text.replace("localhost:8440", f"localhost:{self.tls}").replace(
            "127.0.0.1:8441", f"127.0.0.1:{self.office}"
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("tls")
    made = Place(folder, *_free_ports())
    prepare_sandbox(folder / "sandbox", made.office - 1)
    shutil.copy(ROOT / "examples" / "tiny-agency" / "requests.csv", folder)
    shutil.copytree(folder / "sandbox" / "kit", folder / "kit")
    shutil.copytree(folder / "sandbox" / "keys", folder / "officers")
    before = Path.cwd()
    os.chdir(folder)
    try:
        certificates, _ = _sessions()
        for step in certificates.steps:
            code, printed = run_step(step.command)
            assert code == 0, printed
        with ExitStack() as stack:
            _configure(made, printed.strip())
            doors = {"office": "inside.toml", "gateway": "outside.toml"}
            started = {
                door: stack.enter_context(_served(folder, door, config))
                for door, config in doors.items()
            }
            for door, process in started.items():
                _wait_ready(folder, door, process)
            stack.enter_context(proxy(_folder(folder / "nginx"), _server(made), made.tls))
            yield made
    finally:
        os.chdir(before)


def _sessions() -> tuple[Session, Session]:
    first, second = read_sessions(PAGE.read_text(encoding="utf-8"))
    return first, second


def _configure(place: Place, fingerprint: str) -> None:
    """Write the two configurations that the page shows."""
    holder = (place.folder / "sandbox/office/keys/holder.vkey").read_text("utf-8").strip()
    shown = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for name, text in zip(("inside.toml", "outside.toml"), shown, strict=True):
        text = text.replace("FINGERPRINT", fingerprint).replace("HOLDER", holder)
        text = text.replace("unix:http.sock", f"unix:{place.folder}/http.sock")
        (place.folder / name).write_text(place.said(text), encoding="utf-8")


def _server(place: Place) -> str:
    folder = place.folder
    return shipped(
        {
            "listen 443 ssl": f"listen 127.0.0.1:{place.tls} ssl",
            "/etc/counterfoil/tls/": f"{folder}/",
            "/run/counterfoil-gateway/http.sock": f"{folder}/http.sock",
            "/var/log/nginx/": f"{folder}/nginx/",
        }
    )


@contextmanager
def _served(folder: Path, door: str, config: str) -> Iterator[subprocess.Popen[bytes]]:
    """`counterfoil serve` as a process of its own, which is not ready yet."""
    command = "from counterfoil.cli import main; main()"
    log = folder / f"{door}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", command, "serve", door, "--config", config],
            stdout=out,
            stderr=out,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def _wait_ready(folder: Path, door: str, process: subprocess.Popen[bytes]) -> None:
    log, end = folder / f"{door}.log", time.monotonic() + SECONDS
    while f"ready {door}" not in log.read_text("utf-8"):
        assert process.poll() is None and time.monotonic() < end, log.read_text("utf-8")
        time.sleep(0.1)


def test_the_guide_runs_and_prints_what_it_shows(place: Place) -> None:
    """A file goes out over TLS, two officers answer, the answer comes back over TLS."""
    _, journey = _sessions()
    for step in journey.steps:
        if " batch list " in step.command:
            _until_determined(place)
        code, printed = run_step(place.said(step.command))
        assert code == 0, printed
        if " send " in step.command:
            [batch] = set(re.findall(r"b-[0-9a-f]+", printed))
            (place.folder / "batch.txt").write_text(batch, encoding="utf-8")
        if " release " in step.command:
            _until(lambda: any((place.folder / "sandbox/mailbox/outbox").glob("*.answer")))
        assert as_pattern(step.expected).fullmatch(printed), printed
    said = "".join(each.read_text("utf-8") for each in place.folder.rglob("*.log"))
    for value in ("Garcia", "Maple", "900-00", "1984-03-12"):
        assert value not in said


def _until_determined(place: Place) -> None:
    words = f"counterfoil batch list --json --office http://127.0.0.1:{place.office}"
    ask = f"{words} --officer officers/officer-a.key"
    _until(lambda: '"determined"' in run_step(ask)[1])


def test_a_certificate_is_decided_before_the_first_byte_of_a_body(place: Place) -> None:
    """A million bytes are stated, and none is sent: the refusal comes all the same."""
    folder = place.folder
    run = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -noenc -days 3 -subj /CN=x "
        f"-addext basicConstraints=critical,CA:FALSE -CA {folder}/requesters-ca.crt -CAkey {folder}/requesters-ca.key "
        f"-keyout {folder}/other.key -out {folder}/other.crt"
    )
    subprocess.run(run.split(), check=True, capture_output=True)
    codes = {
        None: (401, "client_certificate"),
        "other.crt other.key": (403, "client_certificate_other"),
        "holder-ca.crt holder-ca.key": (401, "client_certificate"),
    }
    for names, expected in codes.items():
        status, problem = _refusal(place, names)
        assert (status, problem["code"]) == expected
    assert not list((folder / "sandbox/mailbox/inbox").glob("*"))


def test_a_client_does_not_say_its_own_certificate(place: Place) -> None:
    """The header by which the proxy names a certificate is the proxy's alone."""
    named = (place.folder / "requester.crt").read_text("utf-8").replace("\n", "%0A")
    status, problem = _refusal(place, "other.crt other.key", f"X-Client-Certificate: {named}\r\n")
    assert (status, problem["code"]) == (403, "client_certificate_other")


def test_the_pages_are_reached_through_the_proxy(place: Place) -> None:
    """As the requester's guide says: the first page, and a form that it sends."""
    host = f"localhost:{place.tls}"
    asked = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    status, body = _page(place, asked)
    assert (status, b"Hand over a sealed item" in body) == (200, True)
    form = f"item={ITEM}"
    asked = (
        f"POST /find HTTP/1.1\r\nHost: {host}\r\nOrigin: https://{host}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    assert _page(place, asked + form)[0] == 303


def _page(place: Place, asked: str) -> tuple[int, bytes]:
    context = _context(place, "requester.crt requester-tls.key")
    with (
        socket.create_connection(("127.0.0.1", place.tls), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(asked.encode())
        answer = HTTPResponse(tls)
        answer.begin()
        return answer.status, answer.read()


def test_the_proxy_refuses_with_codes_of_the_gateway(place: Place) -> None:
    """What it refuses itself: a body over its limit, another path, an older TLS."""
    right = "requester.crt requester-tls.key"
    status, problem = _refusal(place, right, length=1_000_000_000)
    assert (status, problem["code"]) == (413, "body_too_long")
    status, problem = _refusal(place, right, path="/metrics")
    assert (status, problem["code"]) == (404, "route_unknown")
    old = _context(place, right)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", place.tls), SECONDS) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain, server_hostname="localhost")


def _refusal(
    place: Place, names: str | None, header: str = "", *, length: int = 1_000_000, path: str = ""
) -> tuple[int, dict[str, object]]:
    """(status, problem) of a put of which the head is sent and no byte of the body."""
    context = _context(place, names)
    with (
        socket.create_connection(("127.0.0.1", place.tls), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        head = f"PUT {path or f'/v1/items/{ITEM}'} HTTP/1.1\r\nHost: localhost\r\n{header}"
        tls.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
        answer = HTTPResponse(tls)
        answer.begin()
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status, json.loads(answer.read())


def _context(place: Place, names: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=place.folder / "holder-ca.crt")
    if names:
        context.load_cert_chain(*(place.folder / name for name in names.split()))
    return context


def _until(holds: object) -> None:
    end = time.monotonic() + SECONDS
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]
