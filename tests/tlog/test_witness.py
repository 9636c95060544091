"""A witness cosigns what continues the checkpoint it cosigned last, and nothing else."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.tlog import Signer
from counterfoil.tlog.cosignature import (
    CosignerKey,
    check_cosignatures,
    cosign,
    cosigner_key,
    parse_cosigner_key,
)
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.policy import Policy, parse_policy
from counterfoil.tlog.witness import Records, Witness, WitnessResponse
from counterfoil.tlog.witness_client import Witnessed, ask_witnesses
from counterfoil.tlog.witness_server import serve
from tests.ledger.history import STORY, Held, entries_of, verify, vkey
from tests.ledger.office import KEY, ORIGIN
from tests.tlog import reference

TIME = 1_772_460_300
HONEST = Held(entries_of(STORY))
FORK = Held(entries_of([*STORY[:5], *STORY[6:], *STORY]))


def signer(number: int) -> Signer:
    return Signer(
        f"witness.example/w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    )


def key(number: int) -> CosignerKey:
    return cosigner_key(signer(number).name, signer(number).verifier.public)


def body(held: Held, old: int, new: int, claimed: int | None = None) -> bytes:
    proof = [to_base64(each) for each in reference.consistency(old, held.entries[:new])]
    return (
        "\n".join([f"old {old if claimed is None else claimed}", *proof]) + "\n\n" + held.note(new)
    ).encode()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(tmp_path / "records")
    yield made
    made.close()


@pytest.fixture
def witness(records: Records) -> Witness:
    return Witness(records, [KEY], [signer(2)], lambda: TIME)


def status(answered: WitnessResponse) -> int:
    return int(answered.status)


def test_the_first_checkpoint_and_what_continues_it_are_cosigned(witness: Witness) -> None:
    for old, new in ((0, 0), (0, 4), (4, 4), (4, 15)):
        answered = witness.add_checkpoint(body(HONEST, old, new))
        assert status(answered) == 200
        assert check_cosignatures(HONEST.note(new) + answered.body, [key(2)]) == {key(2): TIME}


def test_another_old_size_is_told_the_right_one(witness: Witness) -> None:
    witness.add_checkpoint(body(HONEST, 0, 6))
    answered = witness.add_checkpoint(body(HONEST, 4, 15))
    assert (status(answered), answered.body, answered.content_type) == (
        409,
        "6\n",
        "text/x.tlog.size",
    )


@pytest.mark.parametrize(("old", "new", "expected"), [(6, 15, 422), (6, 6, 422)])
def test_a_fork_is_refused_and_kept_as_evidence(
    witness: Witness, records: Records, old: int, new: int, expected: int
) -> None:
    witness.add_checkpoint(body(HONEST, 0, 6))
    assert status(witness.add_checkpoint(body(FORK, old, new))) == expected
    assert (records.latest(ORIGIN) or "").startswith(HONEST.note(6))
    assert [path.read_text() for path in records.directory.glob("*.refused")] == [FORK.note(new)]


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        (b"", 400),
        (b"old 0\n\n", 400),
        (b"old 00\n\n" + HONEST.note().encode(), 400),
        (b"old x\n\n" + HONEST.note().encode(), 400),
        (b"old 0\nAAAA\n\n" + HONEST.note().encode(), 400),
        (body(HONEST, 0, 6, claimed=7), 400),
        (body(HONEST, 0, 6).replace(ORIGIN.encode(), b"other.example"), 404),
        (body(HONEST, 0, 6).replace(b"\n6\n", b"\n7\n"), 403),
        (body(HONEST, 4, 6, claimed=0), 422),
        (b"\xff" * 100, 400),
    ],
)
def test_every_other_request_has_its_status(
    witness: Witness, request_body: bytes, expected: int
) -> None:
    assert status(witness.add_checkpoint(request_body)) == expected


def test_what_was_cosigned_outlives_the_witness(tmp_path: Path) -> None:
    for _ in range(2):
        records = Records(tmp_path)
        answered = Witness(records, [KEY], [signer(2)], lambda: TIME).add_checkpoint(
            body(HONEST, 0, 6)
        )
        records.close()
    assert (status(answered), answered.body) == (409, "6\n")


def test_two_witnesses_do_not_share_records(records: Records) -> None:
    with pytest.raises(StateFault) as fault:
        Records(records.directory)
    assert fault.value.code == "witness_busy"


def test_what_cannot_be_recorded_is_not_cosigned(witness: Witness, records: Records) -> None:
    (records.directory / f"{records._path(ORIGIN, 'checkpoint').name}.new").mkdir()
    with pytest.raises(StoreFault) as fault:
        witness.add_checkpoint(body(HONEST, 0, 6))
    assert fault.value.code == "witness_not_written"


def test_a_cosigner_key_comes_back_and_one_of_type_1_is_read_as_the_type_4_it_signs_with() -> None:
    assert parse_cosigner_key(str(key(2))) == key(2)
    assert parse_cosigner_key(str(signer(2).verifier)) == key(2)
    for wrong in (str(key(2))[:-4], str(key(2)).replace("+", "+0", 1)):
        with pytest.raises(VerifyFault) as fault:
            parse_cosigner_key(wrong)
        assert fault.value.code == "vkey_malformed"


def test_a_cosignature_that_was_altered_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = HONEST.note() + cosign(parse_note(HONEST.note()).text, signer(2), TIME)
    (tmp_path / "good").write_text("c2sp.org/tlog-proof@v1\nindex 0\n")
    other = HONEST.note() + cosign(parse_note(FORK.note()).text, signer(2), TIME)
    with pytest.raises(VerifyFault) as fault:
        check_cosignatures(other, [key(2)])
    assert fault.value.code == "cosignature_wrong"
    proof = "\n".join(
        ["c2sp.org/tlog-proof@v1", "extra " + to_base64(HONEST.entries[3]), "index 3"]
    )
    proof = "\n".join([proof, *map(to_base64, reference.path(3, HONEST.entries))]) + "\n\n"
    for text, who, expected in ((note, 2, 0), (other, 2, 5), (HONEST.note(), 2, 5), (note, 3, 5)):
        (tmp_path / "file").write_text(proof + text)
        found = verify(
            monkeypatch, "proof", tmp_path / "file", "--key", vkey(), "--witness", str(key(who))
        )
        assert found == expected


# -- over HTTP: three witnesses on loopback ----------------------------------------------------


class Liar(Witness):
    """Cosigns a fork whatever it is asked."""

    def add_checkpoint(self, body: bytes) -> WitnessResponse:
        from http import HTTPStatus

        return WitnessResponse(HTTPStatus.OK, cosign(parse_note(FORK.note()).text, signer(4), TIME))


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[dict[int, str]]:
    """Witnesses 2 and 3 are honest, 4 lies; 5 is down."""
    running = []
    places = {5: "http://127.0.0.1:9"}
    for number, kind in ((2, Witness), (3, Witness), (4, Liar)):
        records = Records(tmp_path / str(number))
        server = serve(kind(records, [KEY], [signer(number)], lambda: TIME), "127.0.0.1", 0)
        thread = Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread, records))
        places[number] = f"http://127.0.0.1:{server.server_port}"
    yield places
    for server, thread, records in running:
        server.shutdown()
        thread.join()
        server.server_close()
        records.close()


def policy(urls: dict[int, str], numbers: tuple[int, ...], least: str) -> Policy:
    lines = [f"witness w{each} {key(each)} {urls[each]}" for each in numbers]
    names = " ".join(f"w{each}" for each in numbers)
    return parse_policy(
        "\n".join([*lines, f"group all-of-us {least} {names}", "quorum all-of-us"]).encode()
    )


def ask(rules: Policy, held: Held, size: int) -> Witnessed:
    prove = lambda old: reference.consistency(old, held.entries[:size])  # noqa: E731
    return ask_witnesses(rules, held.note(size), prove, seconds=3)


@pytest.mark.parametrize(
    ("numbers", "least", "holds"),
    [
        ((2, 3, 5), "2", True),
        ((2, 3, 4), "2", True),
        ((2, 4, 5), "any", True),
        ((2, 4, 5), "2", False),
        ((2, 3), "all", True),
    ],
    ids=[
        "one down",
        "one lying",
        "one down, one lying, one enough",
        "one down, one lying, two wanted",
        "all well",
    ],
)
def test_a_quorum_holds_with_a_witness_down_or_lying(
    urls: dict[int, str], numbers: tuple[int, ...], least: str, holds: bool
) -> None:
    done = ask(policy(urls, numbers, least), HONEST, 6)
    honest, expected = [each for each in numbers if each < 4], {4: "wrong", 5: "down"}
    assert done.holds is holds
    assert done.said == {f"w{each}": expected.get(each, "cosigned") for each in numbers}
    assert set(check_cosignatures(done.note, [key(each) for each in honest])) == {
        key(each) for each in honest
    }
    later = ask(policy(urls, numbers, least), HONEST, 15)
    assert (later.holds, later.said) == (done.holds, done.said)


def test_a_fork_is_refused_by_those_who_saw_the_other_history(urls: dict[int, str]) -> None:
    rules = policy(urls, (2, 3, 5), "2")
    ask(rules, HONEST, 6)
    forked = ask(rules, FORK, 15)
    assert (forked.holds, forked.said) == (False, {"w2": "fork", "w3": "fork", "w5": "down"})
    assert ask(rules, FORK, 6).said["w2"] == "fork"
    assert ask(rules, HONEST, 4).said["w2"] == "ahead"
    assert ask(rules, HONEST, 15).holds


def test_other_paths_and_lengths_are_refused(urls: dict[int, str]) -> None:
    for path, headers, expected in (
        ("/other", {}, 404),
        ("/add-checkpoint", {"Content-Length": "999999"}, 400),
    ):
        connection = http.client.HTTPConnection(urls[2].removeprefix("http://"), timeout=3)
        connection.putrequest("POST", path)
        for name, value in ({"Content-Length": "0"} | headers).items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == expected
        connection.close()
