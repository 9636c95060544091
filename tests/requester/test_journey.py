"""A requester prepares, signs, sends, fetches and opens, by a folder; and what a carrier does to it
on the way is noticed, with its code."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.cli.ask import answers, exchange
from counterfoil.core.instants import instant_text
from counterfoil.envelopes import seal_item
from counterfoil.requester import outgoing
from counterfoil.requester.desk import Desk
from counterfoil.requester.opening import JOINED
from counterfoil.requester.opening_keys import read_public_key
from tests.answers import answers as made
from tests.envelopes.independent import check_statement
from tests.envelopes.items import READER, STRANGER, header, sealed
from tests.requester.conftest import Bench
from tests.requester.holder import NOW, Carrier, Deaf
from tests.world.people import REQUESTS, write_csv


@pytest.fixture
def carrier(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """What stands between, as an object: every way that the program opens is this one."""
    made_one = Carrier(bench.mailbox)
    monkeypatch.setattr(exchange, "way_of", lambda *_: made_one)
    return made_one


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def code(capsys: pytest.CaptureFixture[str]) -> str:
    return str(result(capsys)["error"]["code"])


def troubles(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [each["code"] for each in result(capsys)["troubles"]]


def answered(bench: Bench) -> Path:
    """A file was sent and answered, and lies sealed in the outbox."""
    assert (
        bench.ask("send", bench.file, "--to", bench.mailbox, "--key", bench.key, "--wait", 0) == 0
    )
    bench.holder.work()
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key) == 0
    [path] = bench.folder.glob("kit/items/*/*.answer")
    return path


def test_the_whole_way_by_a_folder(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.holder.says = {str(REQUESTS[1]["request_id"]): "not_confirmed"}
    path = answered(bench)
    capsys.readouterr()
    assert bench.ask("open", path, "--key", bench.key, "--out", bench.folder / "out") == 0
    told = capsys.readouterr()
    ids = [str(row["request_id"]) for row in REQUESTS[:2]]
    assert [json.loads(line) for line in told.out.splitlines()] == [
        {"request_id": ids[0], "answer": "confirmed", "codes": []},
        {"request_id": ids[1], "answer": "not_confirmed", "codes": []},
    ]
    assert "One matter." in told.err and "destroy" in told.err
    with (bench.folder / "out" / JOINED).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["sheet_row"], row["answer"], row["request_id"]) for row in rows] == [
        ("2", "confirmed", ids[0]),
        ("3", "not_confirmed", ids[1]),
    ]
    assert rows[0]["line1"] == REQUESTS[0]["line1"]
    assert bench.ask("status", "--key", bench.key) == 0
    assert "answered" in capsys.readouterr().out


def test_rejected_rows_are_told_before_and_joined_after(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    wrong = {**REQUESTS[1], "date_of_birth": "1984-02-30"}
    bench.file = write_csv(bench.folder / "three.csv", [REQUESTS[0], wrong, REQUESTS[2]])
    assert (
        bench.ask("send", bench.file, "--to", bench.mailbox, "--key", bench.key, "--wait", 0) == 3
    )
    assert "row 3, date_of_birth" in capsys.readouterr().err
    bench.holder.work()
    bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key)
    [path] = bench.folder.glob("kit/items/*/*.answer")
    assert bench.ask("open", path, "--key", bench.key) == 0
    with (path.parent / JOINED).open(encoding="utf-8", newline="") as file:
        rows = [(row["sheet_row"], row["answer"], row["codes"]) for row in csv.DictReader(file)]
    assert rows == [
        ("2", "confirmed", ""),
        ("3", "rejected", "date_invalid"),
        ("4", "confirmed", ""),
    ]


def test_what_no_receipt_came_for_is_sent_again_as_the_same_item(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    deaf = Deaf(bench.mailbox)
    monkeypatch.setattr(exchange, "way_of", lambda *_: deaf)
    for _ in range(2):
        assert bench.ask("send", bench.file, "--to", "x", "--key", bench.key, "--wait", 0) == 0
    assert "no receipt" in capsys.readouterr().err
    assert bench.ask("send", "--to", "x", "--key", bench.key, "--wait", 0) == 0
    assert len(deaf.puts) == 3 and len(set(deaf.puts)) == 1
    monkeypatch.setattr(exchange, "way_of", lambda *_: Carrier(bench.mailbox))
    bench.ask("send", "--to", "x", "--key", bench.key, "--wait", 0)
    bench.holder.work()
    bench.ask("fetch", "--from", "x", "--key", bench.key)
    capsys.readouterr()
    assert bench.ask("send", "--to", "x", "--key", bench.key) == 0
    assert "has its receipt" in capsys.readouterr().out


def test_another_send_of_the_same_file_is_another_item_only_where_it_is_said(bench: Bench) -> None:
    for more in ((), (), ("--again",)):
        bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox, *more)
    assert len(list((bench.mailbox / "inbox").glob("*.item"))) == 2


def test_an_item_in_the_inbox_itself_is_the_same_as_in_the_mailbox(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    inbox = bench.mailbox / "inbox"
    assert bench.ask("sign", bench.file, "--key", bench.key, "--out", inbox) == 0
    [path] = inbox.iterdir()
    assert capsys.readouterr().out.strip() == str(path)
    bench.holder.work()
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key) == 0


def test_a_refused_item_is_told_and_its_file_can_be_sent_anew(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox)
    [path] = (bench.mailbox / "inbox").iterdir()
    bench.holder.receive(path, refused="item_agreement", batch="", expected="")
    send = ("send", bench.file, "--to", bench.mailbox, "--key", bench.key, "--wait", 0)
    assert bench.ask("send", "--to", bench.mailbox, "--key", bench.key, "--wait", 0) == 4
    assert "item_agreement" in capsys.readouterr().out
    bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key, "--json")
    assert result(capsys)["waiting"] == []
    assert bench.ask(*send) == 0
    assert len(list((bench.mailbox / "inbox").iterdir())) == 2


def test_a_header_inside_that_says_something_else_is_not_signed(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    file = bench.folder / "a.jsonl"
    header_line = {"header": {"requester": "x", "agreement": "y", "principal": "z", "sent_on": "2026-03-02"}}  # fmt: skip
    row = {name: str(value) for name, value in REQUESTS[0].items()}
    file.write_text(f"{json.dumps(header_line)}\n{json.dumps(row)}\n", encoding="utf-8")
    sign = ("sign", file, "--key", bench.key, "--out", bench.mailbox, "--json")
    assert (bench.ask(*sign), code(capsys)) == (1, "header_differs")
    file.write_text(f"{json.dumps(row)}\n", encoding="utf-8")
    assert bench.ask(*sign) == 0


# -- what a carrier does -------------------------------------------------------------------------


def test_a_swapped_intake_key_is_not_sealed_to(bench: Bench, carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    send = ("send", bench.file, "--to", "x", "--key", bench.key, "--wait", "0", "--json")
    carrier.shown["intake_key"] = bench.holder.intake_key(READER, signer=STRANGER)
    assert (bench.ask(*send), code(capsys)) == (5, "intake_key_signer")
    carrier.shown["intake_key"] = None
    assert (bench.ask(*send), code(capsys)) == (1, "intake_key_missing")
    assert carrier.puts == [] and list(Desk.beside(bench.key).items()) == []


def test_a_forged_or_foreign_receipt_counts_for_nothing(bench: Bench, carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    send = ("send", bench.file, "--to", "x", "--key", bench.key, "--wait", "0", "--json")
    carrier.shown["receipt"] = b'{"state":"arrived"}'
    assert (bench.ask(*send), code(capsys)) == (5, "item_receipt_malformed")
    [path] = (bench.mailbox / "inbox").iterdir()
    del carrier.shown["receipt"]
    bench.holder.receive(path, digest="sha256:" + "0" * 64)
    assert (bench.ask(*send), code(capsys)) == (5, "item_receipt_other")
    assert not Desk.beside(bench.key).receipt(path.stem).exists()


def test_a_withheld_or_swapped_answer_shows_by_the_head(bench: Bench, carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    bench.ask("send", bench.file, "--to", "x", "--key", bench.key, "--wait", 0)
    bench.holder.work()
    fetch = ("fetch", "--from", "x", "--key", bench.key, "--json")
    capsys.readouterr()
    carrier.shown["answer"] = None
    assert bench.ask(*fetch) == 5
    told = result(capsys)
    assert [each["code"] for each in told["troubles"]] == ["outbox_withheld"]
    assert told["waiting"] == []  # the office has answered it
    carrier.shown["answer"] = sealed(b"x", READER)
    assert (bench.ask(*fetch), troubles(capsys)) == (5, ["outbox_other"])
    assert list(bench.folder.glob("kit/items/*/*.answer")) == []
    del carrier.shown["answer"]
    assert (bench.ask(*fetch), troubles(capsys)) == (0, [])


def test_a_frozen_rolled_back_forked_or_missing_head_is_noticed(bench: Bench, carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    fetch = ("fetch", "--from", "x", "--key", bench.key, "--json")
    old, first = bench.holder.heads[-1], NOW - timedelta(hours=3)
    bench.holder.publish()
    assert (bench.ask(*fetch), troubles(capsys)) == (0, [])
    carrier.shown["head"] = old
    assert (bench.ask(*fetch), code(capsys)) == (5, "outbox_back")
    carrier.shown["head"] = None
    assert (bench.ask(*fetch), code(capsys)) == (5, "outbox_missing")
    carrier.shown["head"] = bench.holder.publish(sequence=2, recalls=1)
    assert (bench.ask(*fetch), code(capsys)) == (5, "outbox_forked")
    del carrier.shown["head"]
    bench.holder.publish(sequence=9, next_due=instant_text(NOW - timedelta(seconds=1)), at=instant_text(NOW - timedelta(seconds=1)))  # fmt: skip
    Desk.beside(bench.key).seen.unlink()
    assert (bench.ask(*fetch), troubles(capsys)) == (5, ["outbox_late"])
    assert first < NOW


def test_a_late_answer_is_asked_for(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox)
    [path] = (bench.mailbox / "inbox").iterdir()
    bench.holder.receive(path, expected=instant_text(NOW - timedelta(days=2)))
    capsys.readouterr()
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key, "--json") == 5
    assert troubles(capsys) == ["answer_late"]


def test_an_answer_by_another_than_the_holder_is_not_opened(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    path.write_bytes(sealed(b"x", READER))
    capsys.readouterr()
    assert (bench.ask("open", path, "--key", bench.key, "--json"), code(capsys)) == (5, "item_key")


FACTS = {
    "another request file": ({"request_file_digest": made.DIGEST}, "answer_other"),
    "another agreement": ({"agreement_digest": made.DIGEST}, "answer_other"),
    "over": ({"expires_on": NOW.date() - timedelta(days=1)}, None),
}


@pytest.mark.parametrize("name", FACTS)
def test_an_answer_to_something_else_is_not_taken_and_one_that_is_over_is_told(name: str, bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    facts, expected = FACTS[name]
    bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox)
    [path] = (bench.mailbox / "inbox").iterdir()
    bench.holder.receive(path)
    bench.holder.answer(path, **facts)
    bench.holder.publish()
    bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key)
    [answer] = bench.folder.glob("kit/items/*/*.answer")
    capsys.readouterr()
    found = bench.ask("open", answer, "--key", bench.key, "--json")
    if expected is None:
        said = result(capsys)
        assert (found, said["in_force"], said["current"]) == (6, False, True)
    else:
        assert (found, code(capsys)) == (5, expected)


EDITS = {
    "a row is missing": lambda rows: b"\r\n".join(rows.split(b"\r\n")[:-2]) + b"\r\n",
    "a row is doubled": lambda rows: rows + rows.split(b"\r\n")[-2] + b"\r\n",
    "rows are swapped": lambda rows: b"\r\n".join(
        [*(r := rows.split(b"\r\n"))[:1], r[2], r[1], b""]
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_rows_that_are_not_those_of_the_request_are_not_joined(name: str, bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox)
    [path] = (bench.mailbox / "inbox").iterdir()
    bench.holder.answer(path, EDITS[name])
    bench.holder.publish()
    bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key)
    [answer] = bench.folder.glob("kit/items/*/*.answer")
    capsys.readouterr()
    assert bench.ask("open", answer, "--key", bench.key, "--json") == 5
    assert code(capsys) == "answer_rows_other"


def test_an_answer_is_not_called_current_without_a_head_that_is(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    seen = Desk.beside(bench.key).seen
    seen.write_bytes(bench.holder.publish(next_due=instant_text(NOW - timedelta(seconds=1)), at=instant_text(NOW - timedelta(seconds=2))))  # fmt: skip
    assert bench.ask("open", path, "--key", bench.key) == 6
    assert "NOT CURRENT" in capsys.readouterr().err
    seen.unlink()
    assert bench.ask("open", path, "--key", bench.key) == 6
    assert "NOT CURRENT" in capsys.readouterr().err


def test_waiting_for_a_receipt_ends(bench: Bench) -> None:
    slept: list[float] = []
    desk, office = Desk.beside(bench.key), bench.holder.known
    bench.ask(
        "sign", bench.file, "--key", bench.key, "--intake-key", bench.mailbox / "intake-key.jws"
    )
    [sent] = desk.items()
    way = Carrier(bench.mailbox)
    done = outgoing.send_item(office, desk, way, sent, 0.01, slept.append)
    assert done.receipt is None and slept


# -- notices, and what a requester states of them --------------------------------------------------


def test_a_notice_is_fetched_opened_and_told(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    reader = read_public_key(bench.key.with_name("sandbox-principal.opening.pub"))
    item = bench.holder.notice("counterfoil-correction-1\nbatch b-1\n", reader, recalls=b"a list")
    bench.holder.publish()
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.endswith(f"{item}.notice")
    assert bench.ask("open", line, "--key", bench.key) == 0
    assert capsys.readouterr().out == "counterfoil-correction-1\nbatch b-1\n"
    desk = Desk.beside(bench.key)
    assert desk.recalls.read_bytes() == b"a list"
    path = answered(bench)
    capsys.readouterr()
    assert (
        bench.ask("open", path, "--key", bench.key, "--json") == 5
    )  # it is no list of this holder
    assert code(capsys).startswith(("recalls", "signed"))


def test_a_request_that_somebody_sealed_to_the_reader_is_no_answer(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    reader = read_public_key(bench.key.with_name("sandbox-principal.opening.pub"))
    sink = io.BytesIO()
    head = header(office=made.OFFICE)
    seal_item(io.BytesIO(b"x"), sink, head, [reader], made.HOLDER)
    (bench.folder / "x.answer").write_bytes(sink.getvalue())
    assert bench.ask("open", bench.folder / "x.answer", "--key", bench.key, "--json") == 1
    assert code(capsys) == "answer_kind"


def test_destruction_is_stated_and_signed_and_never_half_said(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    bench.ask("open", path, "--key", bench.key)
    file = path.parent / "answers.csv"
    said = ("acknowledge", file, "--key", bench.key, "--json")
    capsys.readouterr()
    assert (bench.ask(*said), code(capsys)) == (2, "receipt_onward")
    gone = ("--passed-to-nobody", "--destroyed-on", "2026-08-10")
    both = (*gone, "--returned-on", "2026-08-10")
    assert (bench.ask(*said, *both), code(capsys)) == (2, "receipt_of_what")
    assert bench.ask(*said, *gone) == 0
    statement = Path(result(capsys)["receipt"]).read_bytes()
    vkey = principal_vkey(bench)
    fields = check_statement(statement, "counterfoil-receipt-1", vkey)
    assert (fields["about"], fields["disposed"], fields["onward"]) == ("expiry", "destroyed", [])
    assert (bench.ask(*said, *gone), code(capsys)) == (2, "out_taken")


def principal_vkey(bench: Bench) -> str:
    return bench.key.with_name("sandbox-principal.vkey").read_text("utf-8").strip()


def test_a_notice_that_nobody_opened_is_told_until_it_is(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    reader = read_public_key(bench.key.with_name("sandbox-principal.opening.pub"))
    item = bench.holder.notice("counterfoil-correction-1\nrow 1\n", reader)
    bench.holder.publish()
    bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key)
    capsys.readouterr()
    assert bench.ask("open", path, "--key", bench.key) == 6
    notice = bench.folder / f"kit/items/notices/{item}.notice"
    assert f"NOT READ: a notice of the holder is here that nobody opened; it may recall this answer: `counterfoil-ask open {notice}" in capsys.readouterr().err  # fmt: skip
    assert bench.ask("status", "--key", bench.key, "--json") == 0
    assert result(capsys)["unread"] == [str(notice)]
    assert bench.ask("open", notice, "--key", bench.key) == 0
    assert bench.ask("open", path, "--key", bench.key) == 0
    assert bench.ask("status", "--key", bench.key, "--json") == 0
    told = result(capsys)
    assert (told["unread"], told["outbox"]["current"]) == ([], True)
    assert told["items"][0]["state"] == "answered and opened"


def test_an_answer_that_the_office_replaced_is_told(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    bench.ask("open", path, "--key", bench.key)
    before = path.with_name("before.answer")
    before.write_bytes(path.read_bytes())
    bench.holder.says = dict.fromkeys([str(row["request_id"]) for row in REQUESTS], "not_confirmed")
    bench.holder.answer(path.with_suffix(".item"))
    bench.holder.publish()
    capsys.readouterr()
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key, "--json") == 5
    assert troubles(capsys) == ["answer_replaced"]
    assert bench.ask("status", "--key", bench.key, "--json") == 0
    assert "not the answer any more" in result(capsys)["items"][0]["state"]
    assert bench.ask("open", before, "--key", bench.key) == 6
    assert "REPLACED" in capsys.readouterr().err
    assert bench.ask("open", path, "--key", bench.key) == 0
    assert bench.ask("fetch", "--from", bench.mailbox, "--key", bench.key) == 0


def test_an_outbox_that_is_not_known_up_to_now_is_told_by_status(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = answered(bench)
    for module in (exchange, answers):
        monkeypatch.setattr(module, "now", lambda: NOW + timedelta(hours=5))
    capsys.readouterr()
    assert bench.ask("status", "--key", bench.key, "--json") == 0
    due = instant_text(NOW + timedelta(hours=2))
    outbox = {"sequence": len(bench.holder.heads), "at": instant_text(NOW), "next_due": due}
    assert result(capsys)["outbox"] == outbox | {"current": False}
    bench.ask("status", "--key", bench.key)
    assert f"NOT CURRENT since {due}" in capsys.readouterr().err
    assert bench.ask("open", path, "--key", bench.key) == 6
    assert "NOT CURRENT" in capsys.readouterr().err
