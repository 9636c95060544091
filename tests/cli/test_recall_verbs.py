"""Recall at the command line, one office through: recalled, given notice of, acknowledged, certified
destroyed; and what a requester left late."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.desk import Desk, Told, command, secret


def done(*arguments: str | Path) -> Told:
    told = command(*arguments)
    assert told.code == 0, told.out + told.err
    return told


def test_one_office_through_recall_notice_receipts_and_the_clock(desk: Desk) -> None:
    protect = ("--key-passphrase-file", secret(desk.directory / "p.pass", "of the principal"))
    keys = desk.directory / "theirs"
    vkey = done("principal", "create", "sandbox-principal", "--keys", keys, *protect).out.strip()
    law = desk.office / "law" / "agreement.yaml"
    text = law.read_text("utf-8")
    law.write_text(text.replace("key: null, papers", f"key: {json.dumps(vkey)}, papers"), "utf-8")
    answered = desk.answer(desk.requests(), "--quiet")
    assert answered.code in (0, 3), answered.err
    (batch,) = (each["batch"] for each in desk.batches())
    two = (*desk.at, *desk.officer("a"), "--second", desk.office / "keys" / "officer-b.key")
    paper, rows = desk.directory / "finding.txt", desk.directory / "rows.txt"
    paper.write_text("made up: the finding\n", encoding="utf-8")
    rows.write_text("q1\nq2\n\n", encoding="utf-8")
    notice = desk.directory / "recall.jws"
    said = ("--rows", rows, "--reason", "answer-wrong", "--document", paper)
    assert done("recall", "answers", batch, *said, "--notice", notice, *two).out == "1\n"
    taken = command("recall", "answers", batch, *said, "--notice", notice, *two, "--json")
    assert (taken.code, taken.error) == (2, "out_taken")
    twice = ("--notice", desk.directory / "other.jws", *two, "--json")
    assert command("recall", "answers", batch, *said, *twice).error == "recall_done"
    assert "Duty 1: recall-acknowledgment" in done("status", *desk.at).err

    holder = ("--holder-key", desk.office / "keys" / "holder.vkey")
    assert "rows q1, q2" in done("verify-notice", notice, *holder).out
    again = desk.directory / "again.jws"
    done("recall", "notice", "1", "--to", again, *desk.at, *desk.officer("b"))
    assert again.read_bytes() == notice.read_bytes()

    signs = ("--principal", "sandbox-principal", "--key", keys / "sandbox-principal.key", *protect)
    made = desk.directory / "receipt.jws"
    of = ("receipt", "--notice", notice, *holder, *signs, "--to", made)
    assert command(*of, "--json").error == "receipt_onward"
    assert command(*of, "--answer", paper, "--passed-to-nobody", "--json").error == (
        "receipt_of_what"
    )
    done(*of, "--passed-to", "Field office 3", "--destroyed-on", "2026-11-01")
    assert "it closes duty 1, 2" in done("recall", "receipt", made, *two).out
    shown = done("recall", "show", "1", *desk.at, *desk.officer("a")).out
    assert "passed on to Field office 3; destroyed on 2026-11-01" in shown
    assert "destroyed: 20" in done("recall", "list", *desk.at).out
    assert done("duty", "run", *desk.at).out == "Nothing to do.\n"
    folder = desk.directory / "public"
    done("ledger", "publish", "--to", folder, *desk.at)
    answer = desk.directory / "answers.jsonl"
    found = command("verify-answer", answer, *holder, "--recalls", folder / "recalls", "--in-force")
    assert (found.code, found.out.splitlines()[-1].partition(":")[0]) == (6, "RECALLED")
    late = command("verify-answer", answer, *holder, "--recalls-since", "2026-01-01", "--json")
    assert (late.code, late.error) == (2, "recalls_missing")
