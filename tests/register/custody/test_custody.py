"""A key custodian in another process answers as one in this process does, gives nothing that was
not counted, and withstands whoever calls it."""

from __future__ import annotations

import os
import re
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil import normalize
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Address
from counterfoil.register import open_register
from counterfoil.register.custodian import OpeningLease
from counterfoil.register.custody import protocol, server
from counterfoil.register.custody.client import Channel, RemoteCustodian
from counterfoil.register.custody.protocol import GREETING, encode
from tests.house.tree import ROOT
from tests.register.conftest import FLAT, JUNIPER, PUBLIC, SECRET, Office, grant_at
from tests.register.custody.serving import Served, served, short_folder

ASKED = [
    JUNIPER,
    FLAT,
    JUNIPER | {"zip": "94940"},
    JUNIPER | {"line1": "1287 Juniper"},
    JUNIPER | {"line1": "1287 Junipper Ln", "city": "Larkspurr"},
    FLAT | {"line2": "# 7"},
    FLAT | {"line2": "Apt 8"},
    {"line1": "PO Box 9", "line2": "", "city": "Hollis", "state": "NH", "zip": "03049"},
    {"line1": "nowhere", "line2": "", "city": "", "state": "", "zip": ""},
]
GRANTS = [grant_at(each, "900-00-1234", number) for number, each in enumerate(ASKED)]
FORMS = [normalize.normalize_address(Address(**each)) for each in ASKED]
KEYS = [normalize.address_keys(form) for form in FORMS]


def remote(made: Served, limit: int = 1000) -> RemoteCustodian:
    channel = made.channel()
    return RemoteCustodian(channel, channel.key_ids()[0], limit)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as caught:
        call()
    return caught.value.code


# -- the same answers --------------------------------------------------------------------------


@pytest.mark.parametrize("pairs", [False, True], ids=["format-3", "format-2"])
def test_a_register_answers_the_same_through_either(office: Office, pairs: bool) -> None:
    office.build_pairs() if pairs else office.build()
    with office.open() as sealed:
        expected = sealed.open_residents(GRANTS)
        buckets = [sealed.collect_buckets(each) for each in GRANTS[:3]]
    assert [len(each.residents) for each in expected[:2]] == [2, 1]
    with served(office.folder / "elsewhere.json") as made:
        custodian = remote(made)
        with open_register(office.register, custodian, PUBLIC) as sealed:
            assert sealed.open_residents(GRANTS) == expected
            assert [sealed.collect_buckets(each) for each in GRANTS[:3]] == buckets
        here = office.custodian()
        marks = frozenset(here.hold_fingerprints(b"", "REF-7782"))
        for residents in expected:
            assert custodian.on_hold(residents, marks) == here.on_hold(residents, marks)
        assert custodian.total() == len(GRANTS) + 3
        assert custodian.names_salt() == here.names_salt()
        assert custodian.key_id == here.key_id
        tins = ["900-00-1234", "", "x", "9000-0", "901002468"]
        assert custodian.tin_hashes(tins) == here.tin_hashes(tins)
        assert custodian.hold_fingerprints(b"n" * 16, "r") == here.hold_fingerprints(b"n" * 16, "r")


def test_many_questions_go_in_several_messages(tmp_path: Path) -> None:
    streets = [
        normalize.normalize_address(Address(f"{number} Juniper Ln", "", "Larkspur", "CA", "94939"))
        for number in range(1, 700)
    ]
    keys = [key for form in streets for key in normalize.address_keys(form)]
    assert len(keys) > protocol.MAX_ITEMS
    here = Office(tmp_path).custodian()
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        custodian.reserve(len(streets))
        custodian.open_for(streets)
        assert custodian.derive_secrets(keys) == here.derive_secrets(keys)
        for earlier in normalize.EARLIER_FORMS:
            assert custodian.derive(keys, earlier) == here.derive(keys, earlier)


# -- counted, and no more than was counted ---------------------------------------------------------


def test_the_lesser_of_both_limits_holds_and_nothing_is_counted_beyond_it(tmp_path: Path) -> None:
    with served(tmp_path / "count.json", limit=5) as made:
        for limit, left in ((3, 3), (9, 5)):
            custodian = remote(made, limit)
            assert custodian.remaining() == left
            with pytest.raises(StoreFault, match=f"6 asked, {left} left.*custodian_limit"):
                custodian.reserve(6)
        assert remote(made).total() == 0
        assert code_of(lambda: remote(made, 0).reserve(1)) == "custodian_limit"
        assert ("refused", {"code": "custodian_limit", "user": os.geteuid(), "openings": 6}) in (
            made.logged
        )


def test_a_count_is_durable_before_it_is_answered(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        remote(made).reserve(7)
        assert Office(tmp_path).custodian().total() == 0
        assert b'"total":7' in (tmp_path / "count.json").read_bytes()


def test_nothing_is_derived_that_no_count_pays_for(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        assert code_of(lambda: custodian.open_for(FORMS[:1])) == "custodian_uncounted"
        assert code_of(lambda: custodian.derive_secrets(KEYS[0])) == "custodian_uncounted"
        custodian.reserve(1)
        assert code_of(lambda: custodian.open_for(FORMS[:2])) == "custodian_uncounted"
        custodian.open_for(FORMS[:1])
        assert len(custodian.derive_secrets(KEYS[0])) == len(KEYS[0])
        for other in (KEYS[1], KEYS[1][1:2], normalize.known_place_keys(FORMS[1])):
            assert code_of(lambda keys=other: custodian.derive_secrets(keys)) == (
                "custodian_uncounted"
            )
            assert code_of(lambda keys=other: custodian.derive(keys)) == "custodian_uncounted"
        assert code_of(lambda: custodian.open_for(FORMS[:1])) == "custodian_uncounted"


def test_a_key_under_another_tolerance_is_another_key(tmp_path: Path) -> None:
    """Else the text of a tolerant key would name an exact bucket."""
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        custodian.reserve(1)
        custodian.open_for(FORMS[:1])
        named = [type(KEYS[0][1])("exact", KEYS[0][1].key)]
        assert code_of(lambda: custodian.derive_secrets(named)) == "custodian_uncounted"


def test_bucket_keys_are_bounded_by_the_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "BUCKETS_PER_ADDRESS", 3)
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        secrets = [bytes([number]) * 16 for number in range(4)]
        assert code_of(lambda: custodian.bucket_keys(b"s", secrets[:1])) == "custodian_uncounted"
        custodian.reserve(1)
        custodian.open_for(FORMS[:1])
        assert len(custodian.bucket_keys(b"s", secrets[:3])) == 3
        assert code_of(lambda: custodian.bucket_keys(b"s", secrets[:1])) == "custodian_uncounted"


def test_what_one_connection_paid_serves_no_other(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        one, other = remote(made), remote(made)
        one.reserve(3)
        one.open_for(FORMS[:1])
        assert code_of(lambda: other.open_for(FORMS[:1])) == "custodian_uncounted"
        assert code_of(lambda: other.derive_secrets(KEYS[0])) == "custodian_uncounted"


def test_keys_of_addresses_long_past_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "ADDRESSES_KEPT", 2)
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        custodian.reserve(6)
        for place in (0, 1, 2, 3):
            custodian.open_for(FORMS[place : place + 1])
        custodian.derive_secrets(KEYS[0])
        custodian.open_for(FORMS[4:6])
        assert code_of(lambda: custodian.derive_secrets(KEYS[0][:1])) == "custodian_uncounted"
        custodian.derive_secrets(KEYS[3])


def test_a_key_that_is_not_served_is_not_answered(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        stranger = RemoteCustodian(made.channel(), "0" * 32, 10)
        assert code_of(stranger.names_salt) == "custodian_request"


def test_the_key_itself_is_lent_only_where_the_configuration_says_so(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        assert code_of(remote(made).lend_key) == "custodian_lends_nothing"
    with served(tmp_path / "count.json", lends=True) as made:
        assert remote(made).lend_key() == SECRET
        assert made.logged == [("lent", {"user": os.geteuid()})]


def test_a_lease_counts_again_on_a_new_connection(tmp_path: Path) -> None:
    with short_folder() as folder:
        with served(tmp_path / "count.json", folder=folder) as made:
            custodian = remote(made)
            lease = OpeningLease(custodian, 10)
            lease.reserve(1)
            custodian.open_for(FORMS[:1])
        assert code_of(lambda: lease.reserve(1)) == "custodian_down"
        with served(tmp_path / "count.json", folder=folder):
            lease.reserve(1)
            custodian.open_for(FORMS[:1])
            assert custodian.total() == 20


# -- who calls, and who answers ----------------------------------------------------------------


def test_the_socket_is_its_owners_alone(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert not made.path.exists()


def test_another_user_is_closed_out_unanswered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.may_call(os.geteuid(), "")
    assert not server.may_call(os.geteuid() + 4711, "")
    assert not server.may_call(os.geteuid() + 4711, "no-such-group")
    with served(tmp_path / "count.json") as made:
        monkeypatch.setattr(server, "may_call", lambda uid, group: False)
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(made.path))
            assert caller.recv(1) == b""
        assert code_of(made.channel().key_ids) == "custodian_down"
        assert made.logged[0] == ("refused", {"code": "custodian_stranger", "user": os.geteuid()})


def test_an_office_asks_nothing_where_others_may_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "count.json") as made:
        made.path.parent.chmod(0o777)
        with pytest.raises(VerifyFault, match="custodian_stranger"):
            made.channel().key_ids()
        made.path.parent.chmod(0o700)
        made.channel().key_ids()
        monkeypatch.setattr(protocol, "peer", lambda connection: os.geteuid() + 1)
        with pytest.raises(VerifyFault, match="custodian_stranger"):
            made.channel().key_ids()


def test_a_custodian_does_not_listen_where_others_may_write(tmp_path: Path) -> None:
    with short_folder() as folder:
        folder.chmod(0o770)

        def listen() -> None:
            with served(tmp_path / "count.json", folder=folder):
                pass

        assert code_of(listen) == "custodian_folder"


def test_one_custodian_serves_a_socket_and_the_next_takes_over_what_a_kill_left(
    tmp_path: Path,
) -> None:
    with short_folder() as folder:
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(str(folder / "ask.sock"))

        def listen() -> None:
            with served(tmp_path / "count.json", folder=folder):
                pass

        with served(tmp_path / "count.json", folder=folder) as made:
            assert code_of(listen) == "custodian_served"
            made.channel().key_ids()


# -- what is no question -------------------------------------------------------------------------

NO_QUESTIONS = {
    "length-zero": b"\0\0\0\0",
    "too-long": (protocol.MAX_MESSAGE + 1).to_bytes(4, "big"),
    "longest": b"\xff\xff\xff\xff",
    "no-messagepack": b"\0\0\0\1\xc1",
    "nested": (3000).to_bytes(4, "big") + b"\x91" * 3000,
    "huge-array": b"\0\0\0\5\xdd\xff\xff\xff\xff",
    "unknown": b"\0\0\0\6\x91\xa4walk",
    "number-for-a-key": b"\0\0\0\x08\x92\xa5names\1",
    "other-text": encode(protocol.Names("k" * 32)),
    "negative": encode(protocol.Count("0" * 32, -1, 5)),
    "no-such-key": encode(protocol.Names("0" * 32)),
    "too-many": encode(protocol.Numbers("0" * 32, (b"",) * (protocol.MAX_ITEMS + 1))),
    "short-secret": encode(protocol.Buckets("0" * 32, b"s", (b"x",))),
    "an-answer": encode(protocol.Counted(1, 2)),
}


@pytest.mark.parametrize("name", NO_QUESTIONS)
def test_what_is_no_question_is_refused_and_the_next_is_answered(tmp_path: Path, name: str) -> None:
    with served(tmp_path / "count.json") as made:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(made.path))
            caller.sendall(GREETING + NO_QUESTIONS[name])
            assert caller.recv(32, socket.MSG_WAITALL) == GREETING
            answer = protocol.read_answer(protocol.receive_message(caller, 5))
            assert isinstance(answer, protocol.Refused)
            assert answer.code == "custodian_request"
            assert caller.recv(1) == b""
        remote(made).reserve(1)


def test_a_question_of_a_key_that_is_served_but_malformed_inside(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made:
        custodian = remote(made)
        custodian.reserve(1)
        key, channel = custodian.key_id, made.channel()
        long = type(FORMS[0])(street="A" * 1001)
        for question in (
            protocol.Numbers(key, (b"\xff\xff",)),
            protocol.Secrets(key, "forms-9", ()),
            protocol.Marks(key, ((b"", b"\xff"),)),
            protocol.Open(key, (long,)),
        ):
            assert code_of(lambda asked=question: channel.ask(asked)) == "custodian_request"


def test_who_drips_bytes_is_closed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.1)
    with served(tmp_path / "count.json") as made:
        for begun in (b"", GREETING[:5], GREETING + b"\0\0"):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(made.path))
                caller.settimeout(5)
                caller.sendall(begun)
                while caller.recv(64):
                    pass
        remote(made).reserve(1)
        assert remote(made).total() == 1


def test_a_connection_too_many_is_closed_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 2)
    with served(tmp_path / "count.json") as made:
        first, second = remote(made), remote(made)
        assert code_of(made.channel().key_ids) == "custodian_down"
        first.reserve(1)
        second.reserve(1)
        assert first.total() == 2


# -- what an office is told ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"counterfoil-custodian-2        \n", "custodian_version"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n......", "custodian_version"),
        (b"", "custodian_down"),
        (None, "custodian_slow"),
        (GREETING + b"\0\0\0\2\xff\xff", "custodian_down"),
        (GREETING + b"\xff\xff\xff\xff", "custodian_down"),
        (GREETING + encode(protocol.Counted(1, 1)), "custodian_down"),
    ],
)
def test_each_way_not_to_answer_has_its_code(said: bytes | None, code: str) -> None:
    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "ask.sock"))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                if said is None:
                    ended.wait(5)
                else:
                    connection.sendall(said)
                    connection.recv(100)

        ended, thread = threading.Event(), threading.Thread(target=answer)
        thread.start()
        assert code_of(Channel(folder / "ask.sock", 0.3).key_ids) == code
        ended.set()
        thread.join()


def test_a_socket_that_is_not_there_is_told() -> None:
    with short_folder() as folder:
        assert code_of(Channel(folder / "ask.sock").key_ids) == "custodian_down"
        assert code_of(Channel(folder / ("x" * 200)).key_ids) == "custodian_down"


def test_a_register_of_another_key_is_not_opened(office: Office) -> None:
    office.build()
    with served(office.folder / "count.json", keys=(bytes(64),)) as made:
        custodian = remote(made)
        assert code_of(lambda: open_register(office.register, custodian, PUBLIC)) == (
            "register_key_other"
        )


# -- nothing is told -----------------------------------------------------------------------------


def test_no_log_and_no_printed_value_holds_what_was_asked(office: Office) -> None:
    office.build()
    with served(office.folder / "count.json", limit=len(GRANTS)) as made:
        custodian = remote(made)
        with open_register(office.register, custodian, PUBLIC) as sealed:
            sealed.open_residents(GRANTS)
            with pytest.raises(StoreFault):
                sealed.open_residents(GRANTS)
        keys = {name for _, fields in made.logged for name in fields}
    assert keys == {"code", "user", "openings"}
    serving = server.Serving((SECRET,), made.path, made.path, 1, "", False, lambda: None)  # type: ignore[arg-type,return-value]
    shown = f"{serving!r}{custodian!r}{protocol.Open('0' * 32, tuple(FORMS))!r}"
    assert "JUNIPER" not in shown
    assert repr(SECRET)[2:12] not in shown


def test_no_question_lists_or_walks() -> None:
    named = {kind.__struct_config__.tag for kind in protocol.Question.__args__}
    assert named == {
        "keys", "count", "open", "left", "secrets", "tags", "buckets", "numbers", "marks",
        "names", "lend",
    }  # fmt: skip


def test_the_page_states_the_worked_example_and_the_limits() -> None:
    page = (ROOT / "docs/formats/custodian.md").read_text(encoding="utf-8")
    [example] = re.findall(r"`(94 a5[0-9a-f ]+)`", page)
    said = encode(protocol.Count("k", 2, 1000))
    assert bytes.fromhex(example) == said[4:]
    assert said[:4].hex(" ") in page
    for figure in (protocol.MAX_MESSAGE, protocol.MAX_ITEMS, server.BUCKETS_PER_ADDRESS):
        assert f"{figure:,}" in page
    assert f"closed after {server.IDLE_SECONDS:.0f} s" in page
    assert "closed" in page and f"| {server.CONNECTIONS}; the next" in page


def test_a_register_key_that_opens_for_many_salts_stays_small(tmp_path: Path) -> None:
    custodian = Office(tmp_path).custodian()
    first = custodian.bucket_keys(b"a", [bytes(16)])
    for number in range(3000):
        custodian.bucket_keys(number.to_bytes(4, "big"), [])
        custodian.bucket_keys(number.to_bytes(4, "big"), [bytes(16)])
    assert len(custodian._key._salts) <= 1024
    assert custodian.bucket_keys(b"a", [bytes(16)]) == first


def test_a_state_fault_comes_as_the_class_that_it_was(tmp_path: Path) -> None:
    with served(tmp_path / "count.json") as made, pytest.raises(StateFault):
        remote(made).open_for(FORMS[:1])
