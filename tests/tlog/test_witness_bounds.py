"""A witness is bounded: its clock, its connections, its time for a request; and it says why it
refuses. Who asks one is bounded too."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault, StoreFault, VerifyFault
from counterfoil.tlog import Checkpoint, check_checkpoint, sign_checkpoint, verifier_key
from counterfoil.tlog.cosignature import check_cosignatures, cosign
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.http_call import NO_ANSWER, get
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.witness import SIZE_TYPE, Records, Witness, WitnessResponse, origin_hash
from counterfoil.tlog.witness_client import ask_witnesses
from counterfoil.tlog.witness_server import Limits, serve
from tests.ledger.office import KEY, ORIGIN, SIGNER
from tests.tlog import reference
from tests.tlog.test_witness import FORK, HONEST, TIME, body, key, signer, status

ROOMY = Limits(8, 2)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(tmp_path / "records")
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(TIME)


@pytest.fixture
def witness(records: Records, clock: Clock) -> Witness:
    return Witness(records, [KEY], [signer(2)], clock)


def record(records: Records) -> Path:
    return records.directory / f"{origin_hash(ORIGIN)}.checkpoint"


# -- what it decides ---------------------------------------------------------------------------


def test_a_size_of_zero_with_another_root_does_not_continue_anything(witness: Witness) -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), SIGNER)
    assert status(witness.add_checkpoint(f"old 0\n\n{note}".encode())) == 422


def test_a_proof_that_comes_with_an_old_size_of_zero_is_refused(witness: Witness) -> None:
    request = f"old 0\n{to_base64(bytes(32))}\n\n{HONEST.note(6)}".encode()
    assert status(witness.add_checkpoint(request)) == 422


def test_another_old_size_is_a_conflict_also_where_the_sizes_are_one_and_the_roots_differ(
    witness: Witness,
) -> None:
    witness.add_checkpoint(body(HONEST, 0, 6))
    answered = witness.add_checkpoint(body(FORK, 4, 6))
    assert (status(answered), answered.body) == (409, "6\n")
    assert status(witness.add_checkpoint(body(FORK, 6, 6))) == 422


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        (b"", 400),
        (body(HONEST, 0, 6, claimed=7), 400),
        (body(HONEST, 0, 6).replace(ORIGIN.encode(), b"other.example"), 404),
        (body(HONEST, 0, 6).replace(b"\n6\n", b"\n7\n"), 403),
        (body(HONEST, 4, 6, claimed=0), 422),
    ],
)
def test_every_refusal_says_why(witness: Witness, request_body: bytes, expected: int) -> None:
    answered = witness.add_checkpoint(request_body)
    assert (status(answered), len(answered.body) > 10) == (expected, True)


def test_two_keys_of_one_origin_are_refused(records: Records) -> None:
    other = verifier_key(ORIGIN, signer(3).verifier.public)
    for logs in ([KEY, other], [other, KEY], [KEY, KEY]):
        with pytest.raises(SettingsFault) as fault:
            Witness(records, logs, [signer(2)], lambda: TIME)
        assert fault.value.code == "witness_log_twice"


# -- its clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [0, -1, 2**63, TIME - 1, 1000])
def test_a_clock_that_is_wrong_or_set_back_signs_nothing(
    witness: Witness, clock: Clock, records: Records, now: int
) -> None:
    assert status(witness.add_checkpoint(body(HONEST, 0, 4))) == 200
    before = record(records).read_bytes()
    for again in (witness, Witness(records, [KEY], [signer(2)], clock)):
        clock.now = now
        answered = again.add_checkpoint(body(HONEST, 4, 6))
        assert (status(answered), "clock" in answered.body) == (500, True)
        assert record(records).read_bytes() == before
    clock.now = TIME
    assert status(witness.add_checkpoint(body(HONEST, 4, 6))) == 200


@pytest.mark.parametrize("now", [0, -1, 2**63])
def test_a_time_out_of_range_is_signed_by_nobody_and_read_from_nobody(
    witness: Witness, clock: Clock, now: int
) -> None:
    clock.now = now
    assert status(witness.add_checkpoint(body(HONEST, 0, 4))) == 500
    text = parse_note(HONEST.note()).text
    with pytest.raises(ValueError, match="time is 1"):
        cosign(text, signer(2), now)
    stamp = now % 2**64
    signature = signer(2).private.sign(f"cosignature/v1\ntime {stamp}\n{text}".encode())
    stamped = to_base64(key(2).key_id + stamp.to_bytes(8, "big") + signature)
    with pytest.raises(VerifyFault) as fault:
        check_cosignatures(f"{HONEST.note()}\u2014 {key(2).name} {stamped}\n", [key(2)])
    assert fault.value.code == "cosignature_wrong"


# -- its records -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe nothing",
        b"no checkpoint\n",
        HONEST.note(6).replace("\n6\n", "\n5\n").encode(),
        FORK.note(6).replace(ORIGIN, "other.example").encode(),
    ],
    ids=["empty", "no text", "no note", "not signed", "of another log"],
)
def test_a_damaged_record_is_said_and_nothing_is_cosigned_or_accused_of_a_fork(
    witness: Witness, records: Records, damage: bytes
) -> None:
    witness.add_checkpoint(body(HONEST, 0, 6))
    record(records).write_bytes(damage)
    with pytest.raises(StoreFault) as fault:
        witness.add_checkpoint(body(HONEST, 6, 15))
    assert fault.value.code == "witness_record"
    with running(witness) as url:
        answered = post(url, body(HONEST, 6, 15))
        assert (answered[0], b"damaged" in answered[1]) == (500, True)
        assert get(f"{url}/{origin_hash(ORIGIN)}/checkpoint", 9999, 3)[0] == 500
    assert not list(records.directory.glob("*.refused"))


def test_a_record_of_before_cosignatures_were_kept_is_continued(
    witness: Witness, records: Records
) -> None:
    records.keep(ORIGIN, HONEST.note(6))
    assert status(witness.latest(origin_hash(ORIGIN))) == 404
    assert status(witness.add_checkpoint(body(HONEST, 6, 15))) == 200
    assert status(witness.latest(origin_hash(ORIGIN))) == 200


# -- over HTTP ---------------------------------------------------------------------------------


@contextmanager
def running(witness: Witness, limits: Limits = ROOMY) -> Iterator[str]:
    server = serve(witness, "127.0.0.1", 0, limits)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(url: str, request: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/add-checkpoint", request)
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


def test_the_checkpoint_that_was_cosigned_last_is_handed_out_with_both_signatures(
    witness: Witness,
) -> None:
    with running(witness) as url:
        place = f"{url}/{origin_hash(ORIGIN)}/checkpoint"
        assert get(place, 9999, 3)[0] == 404
        foreign = cosign(parse_note(HONEST.note(6)).text, signer(3), TIME)
        post(url, body(HONEST, 0, 6) + foreign.encode())
        for _ in range(2):
            code, note = get(place, 9999, 3)
            assert (code, check_checkpoint(note, KEY).size) == (200, 6)
            assert check_cosignatures(note, [key(2), key(3)]) == {key(2): TIME}
            assert note.decode().startswith(HONEST.note(6))
            post(url, body(FORK, 6, 6))
        for other in ("", "/", "/add-checkpoint", f"/{'0' * 64}/checkpoint"):
            assert get(url + other, 9999, 3)[0] == 404
        assert get(place, 10, 3) == NO_ANSWER


def test_more_connections_than_the_limit_are_told_so_and_the_rest_go_on(witness: Witness) -> None:
    with running(witness, Limits(3, 30)) as url:
        host, port = url.removeprefix("http://").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(3)]
        for each in idle:
            each.sendall(b"POST ")
        time.sleep(0.2)
        assert get(f"{url}/{origin_hash(ORIGIN)}/checkpoint", 99, 3)[0] == 503
        idle.pop().close()
        time.sleep(0.2)
        assert get(f"{url}/{origin_hash(ORIGIN)}/checkpoint", 99, 3)[0] == 404
        for each in idle:
            each.close()


def test_a_client_that_drips_is_cut_at_its_deadline(witness: Witness) -> None:
    with running(witness, Limits(3, 0.6)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as slow:
            began, slow_until = time.monotonic(), 0.0
            slow.settimeout(0.1)
            while time.monotonic() - began < 4 and not slow_until:
                try:
                    slow.sendall(b"P")
                    if slow.recv(1) == b"":
                        slow_until = time.monotonic() - began
                except TimeoutError:
                    continue
                except OSError:
                    slow_until = time.monotonic() - began
        assert 0.4 < slow_until < 2


@contextmanager
def dripping(answer: bytes) -> Iterator[str]:
    """A witness that sends the beginning of its answer, then a byte every tenth of a second."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(answer)
            while not stopped.wait(0.1):
                connection.sendall(b"x")
        except OSError:
            pass
        finally:
            connection.close()

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stopped.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: "]
)
def test_a_witness_that_drips_is_down_at_the_deadline_and_keeps_no_other_from_cosigning(
    witness: Witness, answer: bytes
) -> None:
    witness.add_checkpoint(body(HONEST, 0, 4))  # so that the honest one is asked twice
    with running(witness) as url, dripping(answer) as slow:
        rules = parse_policy(
            f"witness slow {key(3)} {slow}\nwitness good {key(2)} {url}\nquorum good\n".encode()
        )
        began = time.monotonic()
        done = ask_witnesses(
            rules, HONEST.note(6), lambda old: reference.consistency(old, HONEST.entries[:6]), 1
        )
        assert time.monotonic() - began < 2
    assert (done.holds, done.said) == (True, {"slow": "down", "good": "cosigned"})


def test_a_witness_that_always_asks_for_another_proof_is_cut_at_the_one_deadline() -> None:
    sizes = iter(range(1, 99))

    class Fickle(Witness):
        def add_checkpoint(self, body: bytes) -> WitnessResponse:
            time.sleep(0.6)
            return WitnessResponse(HTTPStatus.CONFLICT, f"{next(sizes)}\n", SIZE_TYPE)

    with running(Fickle.__new__(Fickle)) as url:
        rules = parse_policy(f"witness w {key(2)} {url}\nquorum w\n".encode())
        began = time.monotonic()
        done = ask_witnesses(rules, HONEST.note(15), lambda _: [], 1)
        assert time.monotonic() - began < 1.5
    assert done.said == {"w": "down"}


def test_what_a_witness_says_in_refusing_is_told_without_what_a_terminal_obeys() -> None:
    evil = (
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 30\r\n\r\n\x1b[2Jno\x9b31m because of this key!"
    )
    with dripping(evil) as url:
        rules = parse_policy(f"witness w {key(2)} {url}\nquorum w\n".encode())
        done = ask_witnesses(rules, HONEST.note(6), lambda _: [], 2)
    assert done.said == {"w": "not_accepted"}
    assert done.reasons["w"].startswith("[2Jno31m because")
    assert all(" " <= each <= "~" for each in done.reasons["w"])
