"""The verbs of notices, duties and litigation holds at the command line, one office through: what
each prints is what the next one takes, and nobody is named."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.desk import Desk, Told, command
from tests.world.people import REQUESTS

NAMED = ("given_name", "family_name", "line1", "city", "state", "zip")


def paper(desk: Desk, words: str) -> Path:
    path = desk.directory / f"{words.replace(' ', '-')}.txt"
    path.write_text(f"made up: {words}\n", encoding="utf-8")
    return path


def person(desk: Desk) -> Path:
    row = {name: REQUESTS[0][name] for name in NAMED}
    path = desk.directory / "person.json"
    path.write_text(json.dumps({"format": "counterfoil-person-1", **row}), encoding="utf-8")
    return path


def done(*arguments: str | Path) -> Told:
    told = command(*arguments)
    assert told.code == 0, told.err
    return told


def test_one_office_through_notice_release_correction_duties_and_holds(desk: Desk) -> None:
    key = ("--officer", desk.office / "keys" / "officer-a.key")
    one, two = (*desk.at, *key), (*desk.at, *key, "--second", desk.office / "keys/officer-b.key")
    batch = done("receive", desk.requests(), *desk.at, "--quiet").out.strip()
    done("determine", batch, *desk.at, "--quiet")
    done("review", batch, *one, "--quiet")
    order = ("--order", paper(desk, "the court's order"))
    bounds = ("--over-rows", "5", "--hours", "24", "--to", "Clerk of the court")
    assert done("notice", "order", *order, *bounds, *two).out == "1\n"

    out = desk.directory / "answers.jsonl"
    release = ("release", batch, *desk.at, "--officer", desk.office / "keys/officer-b.key")
    refused = command(*release, "--out", out, "--json")
    assert (refused.code, refused.error) == (1, "notice_missing")
    notice = desk.directory / "notice.txt"
    done("notice", "write", batch, "--to", notice, *one)
    assert (
        "OK" in done("verify-notice", notice, "--holder-key", desk.office / "keys/holder.vkey").out
    )
    done("notice", "enter", batch, "--notice", notice, *one)
    assert command(*release, "--out", out, "--json").error == "notice_not_old"
    assert "order 1: more than 5 rows, 24 hours before" in done("notice", "list", *desk.at).out
    done("notice", "lift", "1", "--order", paper(desk, "lifted"), *two)
    done(*release, "--out", out, "--quiet")

    folder = desk.directory / "corrections"
    folder.mkdir()
    since, said = ("--since", "2026-01-05"), ("--document", paper(desk, "the correction"))
    done("duty", "correct", "--person-file", person(desk), *since, *said, "--to", folder, *one)
    (correction,) = folder.iterdir()
    assert "request q1" in correction.read_text()
    added = ("--since", "2026-01-05", "--due", "2026-02-28", "--document", paper(desk, "asked"))
    assert done("duty", "add", "--class", "safeguard-report", *added, *one).out == "2\n"
    assert "Duty 2: safeguard-report, due 2026-02-28. LATE." in done("status", *desk.at).err
    done("duty", "close", "2", "--document", paper(desk, "the report"), *two)
    assert "2  safeguard-report" not in done("duty", "list", *desk.at).out
    assert "2  safeguard-report" in done("duty", "list", "--all", *desk.at).out
    wrong = command("duty", "add", "--class", "tea", *added, *one, "--json")
    assert (wrong.code, wrong.error) == (2, "duty_class")

    kept = ("--person-file", person(desk), "--document", paper(desk, "preserve"))
    assert done("litigation", "hold", *kept, *two).out == "1\n"
    assert "1  a person  added" in done("litigation", "list", *desk.at).out
    assert done("retention", "run", *desk.at, "--dry-run", "--json").json["passed_over"] == []
    done("litigation", "lift", "1", "--document", paper(desk, "ended"), *two)
    bundle = desk.directory / "q1.evidence"
    bare = ("--batch", batch, "--to", bundle, "--without-residents")
    done("evidence", "export", "q1", *bare, *one)
    replayed = done("replay", bundle, "--holder-key", desk.office / "keys/holder.vkey")
    assert replayed.out.endswith("proved, the match not made again: confirmed\n")
