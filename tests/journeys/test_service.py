"""The service as its users meet it: one start of `counterfoil serve all --sandbox`, a requester with
the kit, two officers with their keys, and whoever ends processes.

Real processes on real ports, because that is what is promised; one start is shared by all tests.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from counterfoil.cli.app import run
from counterfoil.cli.ask.app import run as run_ask
from tests.house.tree import ROOT

pytestmark = pytest.mark.whole
TINY = ROOT / "examples" / "tiny-agency"
ANSWERS = [
    '{"request_id":"TA-0001","answer":"confirmed","codes":[]}',
    '{"request_id":"TA-0002","answer":"confirmed","codes":[]}',
    '{"request_id":"TA-0003","answer":"not_confirmed","codes":[]}',
]
VALUES = re.compile(r"Garcia|Maria|900-00|Maple|Testperson|Elm Ave|Birch|1984-03-12")
PATIENCE = 120
"""Seconds for anything on a machine that does other work too."""


MARKED = "Quintanilla-1847"
PROBES = [
    ("GET", f"/{MARKED}", {}, b""),
    ("GET", f"/v1/items/{MARKED}", {}, b""),
    ("PUT", f"/v1/items/{MARKED}?given_name={MARKED}", {}, MARKED.encode()),
    ("PUT", f"/v1/items/{'5' * 32}", {"Content-Type": f"text/{MARKED}"}, MARKED.encode()),
    ("PUT", f"/v1/items/{'5' * 32}", {"Content-Length": MARKED}, b""),
    ("GET", f"/v1/tile/0/{MARKED}", {"Cookie": MARKED, "Referer": f"http://{MARKED}/"}, b""),
    (MARKED, "/v1/health", {}, b""),
    ("GET", "/v1/batches", {"Authorization": f"Counterfoil {MARKED}"}, b""),
    ("POST", f"/v1/acts/{MARKED}", {}, f'{{"command":"{MARKED}"}}'.encode()),
    ("POST", "/v1/questions/batch", {"Host": MARKED}, MARKED.encode()),
    ("POST", f"/v1/statements/review?x={MARKED}", {f"X-{MARKED}": MARKED}, b"{"),
]
"""What is asked with a marked value in method, path, question, header, type, length and body."""


class Sandbox:
    """A running sandbox. Output of its processes is in `log`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory.with_name("service.log")
        self.port = _free_ports()
        self.start()

    def start(self) -> None:
        command = "from counterfoil.cli import main; main()"
        place = ["--dir", str(self.directory), "--port", str(self.port)]
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", command, "serve", "all", "--sandbox", *place],
                stdout=log,
                stderr=log,
            )
        until(lambda: "ready office" in self.said(begun) or self.process.poll() is not None)
        assert self.process.poll() is None, self.said(begun)

    def said(self, begun: int = 0) -> str:
        return self.log.read_bytes()[begun:].decode()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def office(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def officer(self, letter: str, *words: str) -> str:
        key = str(self.directory / "keys" / f"officer-{letter}.key")
        return told(run, [*words, "--office", self.office, "--officer", key])

    def ask(self, *words: str) -> str:
        return told(run_ask, [*words, "--key", str(self.directory / "kit" / "requester.key")])

    def batch(self, state: str, *, known: frozenset[str] = frozenset()) -> str:
        """The batch that is in this state and was not known before."""
        found: list[str] = []

        def is_there() -> bool:
            listed = json.loads(self.officer("a", "batch", "list", "--json"))["batches"]
            found[:] = [
                each["batch"]
                for each in listed
                if each["state"] == state and each["batch"] not in known
            ]
            return bool(found)

        until(is_there)
        return found[0]


def told(run_it: Callable[[list[str]], int], words: list[str]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_it(words)
    assert code == 0, err.getvalue()
    return out.getvalue()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def _free_ports() -> int:
    """A port that is free, and so is the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("service") / "sandbox")
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()


def test_the_page_of_a_sandbox_names_files_that_are_there(sandbox: Sandbox) -> None:
    """In full, so that its commands work in whatever folder somebody stands."""
    page = (sandbox.directory / "README.txt").read_text(encoding="utf-8")
    commands = re.findall(r"^  (counterfoil.*)$", page, re.MULTILINE)
    files = [
        word
        for line in commands
        for word in line.split()[2:]
        if "/" in word and not word.startswith("http://")
    ]
    assert len(commands) == 7
    assert len(files) == 8
    assert [
        each for each in files if not Path(each).is_file() or not Path(each).is_absolute()
    ] == []


def test_a_file_goes_through_the_sandbox_and_comes_back_answered(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Both doors are healthy; a requester sends the example and gets a receipt; one officer
    reviews, another releases; the requester fetches and opens the six answers."""
    for door in (sandbox.gateway, sandbox.office):
        with urlopen(f"{door}/v1/health") as answer:
            assert answer.status == 200
    receipt = sandbox.ask("send", str(TINY / "requests.csv"), "--to", sandbox.gateway)
    assert "batch b-" in receipt
    batch = sandbox.batch("determined")
    assert batch in receipt
    assert batch in sandbox.officer("a", "review", batch)
    assert batch in sandbox.officer("b", "release", batch)
    answer = sandbox.directory / "mailbox" / "outbox"
    until(lambda: any(answer.glob("*.answer")))
    [fetched] = [
        line
        for line in sandbox.ask("fetch", "--from", sandbox.gateway).splitlines()
        if line.endswith(".answer")
    ]
    opened = sandbox.ask("open", fetched)
    rows = Path(fetched).parent
    found = opened + "".join(
        path.read_text(encoding="utf-8")
        for path in rows.iterdir()
        if path.suffix in (".jsonl", ".csv")
    )
    for word in ("TA-0001", "TA-0006", "not_confirmed", "period_vague"):
        assert word in found


def test_ledger_and_evidence_are_read_by_the_offices_url(sandbox: Sandbox, tmp_path: Path) -> None:
    """As an inspector reads them, who has no shell on the office's machine."""
    [release] = sandbox.officer("a", "ledger", "show", "--kind", "release").splitlines()
    index, _, entry = release.partition(" ")
    batch = json.loads(entry)["batch"]
    local = told(run, ["ledger", "show", "--office", str(sandbox.directory / "office")])
    assert release in local.splitlines()
    whole = json.loads(sandbox.officer("a", "ledger", "show", "--to", "5", "--json"))
    assert whole["indices"] == [0, 1, 2, 3, 4] and whole["size"] > int(index)
    bundle = tmp_path / "TA-0001.evidence"
    sandbox.officer("b", "evidence", "export", "TA-0001", "--batch", batch, "--to", str(bundle))
    replayed = told(run, ["replay", str(bundle)])
    assert replayed.splitlines()[-1] == "identical: confirmed"


def test_an_inspector_draws_a_nonce_over_the_checkpoint_that_a_gateway_shows(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "pass").write_text("made-up words for a key", encoding="utf-8")
    opened = ["--key-passphrase-file", str(tmp_path / "pass")]
    told(run, ["principal", "create", "inspector", "--keys", str(tmp_path), *opened])
    holder = str(sandbox.directory / "office" / "keys" / "holder.vkey")
    day, key = "2026-01-05", ["--key", str(tmp_path / "inspector.key"), *opened]
    words = ["--from", day, "--to", day, "--rows", "2", "--holder-key", holder, *key]
    note = (sandbox.directory / "public" / "checkpoint").read_text(encoding="utf-8")
    for number, tail in enumerate(("/v1", "/v1/", "/v1/checkpoint")):
        nonce = tmp_path / f"nonce-{number}"
        told(run, ["inspect", "nonce", sandbox.gateway + tail, *words, "--out", str(nonce)])
        payload = nonce.read_text(encoding="ascii").split(".")[1]
        body = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert body["checkpoint"] == note
    none = ["inspect", "nonce", f"{sandbox.gateway}/none", *words, "--out", str(tmp_path / "none")]
    with redirect_stderr(io.StringIO()):
        assert run(none) == 1


def test_an_item_that_is_dropped_in_the_folder_is_received(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A managed file transfer and the gateway are two ways into one folder. The same item by both
    is one item."""
    file = tmp_path / "requests.csv"
    text = (TINY / "requests.csv").read_text(encoding="utf-8")
    file.write_text(text.replace("TA-", "MF-").replace("INV-TA", "INV-MF"), encoding="utf-8")
    mailbox = sandbox.directory / "mailbox"
    kept = str(tmp_path / "kept.item")
    key = str(mailbox / "intake-key.jws")
    item = Path(sandbox.ask("sign", str(file), "--out", str(tmp_path), "--intake-key", key).strip())
    shutil.copy(item, kept)
    hidden = mailbox / "inbox" / f".{item.name}"
    for _ in range(2):
        shutil.copy(kept, hidden)
        hidden.rename(mailbox / "inbox" / item.name)
        until(lambda: not (mailbox / "inbox" / item.name).exists())
        until((mailbox / "receipts" / f"{item.stem}.receipt").is_file)
    records = list((sandbox.directory / "office" / "exchange" / "items").glob(f"{item.stem}*"))
    assert len(records) == 1


def test_nothing_that_was_acknowledged_is_lost_when_processes_are_killed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Gateway, office and worker are killed, the gateway in the middle of an item; then the process
    that watches them. What was acknowledged is received all the same, once; what was not is not
    there; and the service is started again at once, because nothing keeps its lease or its ports.
    """
    file = tmp_path / "requests.csv"
    text = (TINY / "requests.csv").read_text(encoding="utf-8")
    file.write_text(text.replace("TA-", "KI-").replace("INV-TA", "INV-KI"), encoding="utf-8")
    item, cut = os.urandom(16).hex(), os.urandom(16).hex()
    url = f"{sandbox.gateway}/v1/items/{item}"
    with socket.create_connection(("127.0.0.1", sandbox.port), PATIENCE) as line:
        head = (
            f"PUT /v1/items/{cut} HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\n"
            "Content-Length: 90000\r\n\r\n"
        )
        line.sendall(head.encode() + bytes(40_000))
        inbox = sandbox.directory / "mailbox" / "inbox"
        until(lambda: any(inbox.glob(f".{cut}.*")))
        killed = _children(sandbox.process.pid)
        for each in killed:
            os.kill(each, signal.SIGKILL)
    until(lambda: _is_put(url, file.read_bytes()))
    assert not set(killed) & set(_children(sandbox.process.pid))
    sandbox.process.kill()
    sandbox.process.wait(PATIENCE)
    sandbox.start()
    until((sandbox.directory / "mailbox" / "receipts" / f"{item}.receipt").is_file)
    assert _is_put(url, file.read_bytes())
    records = sandbox.directory / "office" / "exchange" / "items"
    batch = json.loads((records / f"{item}.json").read_bytes())["record"]["batch"]
    listed = json.loads(sandbox.officer("a", "batch", "list", "--json"))["batches"]
    assert [each["batch"] for each in listed].count(batch) == 1
    assert list(inbox.glob(f"{cut}*")) == list(records.glob(f"{cut}*")) == []


def test_no_value_of_a_request_is_in_what_the_service_says(sandbox: Sandbox) -> None:
    """Everything that leaves it, after all that was put through it and with marked values in each
    place that a client can write to: log, metrics, problems and their headers, names of files, the
    mailbox and what is published."""
    text = (TINY / "requests.csv").read_text(encoding="utf-8")
    item, wrong = os.urandom(16).hex(), os.urandom(16).hex()
    _put(f"{sandbox.gateway}/v1/items/{item}", text.encode())
    _put(f"{sandbox.gateway}/v1/items/{wrong}", f"{MARKED},{text}".encode())  # a column too many
    receipts = sandbox.directory / "mailbox" / "receipts"
    until(lambda: all((receipts / f"{each}.receipt").is_file() for each in (item, wrong)))
    said = [_asked(port, *each) for port in (sandbox.port, sandbox.port + 1) for each in PROBES]
    assert {status for status, _ in said} <= {400, 401, 404, 405, 413, 415, 421, 422}
    told = sandbox.said() + "".join(text for _, text in said)
    for door in (sandbox.gateway, sandbox.office):
        with urlopen(f"{door}/metrics") as answer:
            told += answer.read().decode()
    for path in sandbox.directory.rglob("*"):
        told += f"{path.relative_to(sandbox.directory)}\n"
    for folder in ("mailbox", "public"):
        for path in (sandbox.directory / folder).rglob("*"):
            told += _readable(path) if path.is_file() else ""
    assert VALUES.search(told) is None
    assert MARKED not in told
    assert '"event":"received"' in told and '"code":"item_id"' in told
    assert "Traceback" not in told


def test_a_service_that_is_told_to_stop_stops(sandbox: Sandbox) -> None:
    """Gracefully, with exit code 0, and nobody listens any more."""
    assert sandbox.stop() == 0
    with pytest.raises(URLError):
        urlopen(f"{sandbox.gateway}/v1/health")


def _put(url: str, data: bytes) -> None:
    from urllib.request import Request

    with urlopen(Request(url, data, {"Content-Type": "text/csv"}, method="PUT")) as answer:
        assert answer.status in (200, 201)


def _is_put(url: str, data: bytes) -> bool:
    """Whether an item is acknowledged; false while its gateway is not there."""
    try:
        _put(url, data)
    except (OSError, HTTPException):
        return False
    return True


def _asked(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, str]:
    """(status, all that was answered: headers and body)."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = f"{answer.reason} {answer.headers} {answer.read().decode()}"
    connection.close()
    return answer.status, found


def _readable(path: Path) -> str:
    """A file as text, and what the parts of a signed statement in it say."""
    data = path.read_bytes()
    said = [data]
    if data.count(b".") == 2:
        with suppress(ValueError):
            said += [urlsafe_b64decode(part + b"==") for part in data.strip().split(b".")]
    return b"\n".join(said).decode("utf-8", "replace")


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(each) for each in found.split()]
