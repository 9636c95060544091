"""Who has a batch in hand is shown where one looks first; it binds nobody, and only what an enrolled
officer signed counts."""

from __future__ import annotations

from typing import Any

from tests.cli.desk import Desk, command


def _listed(desk: Desk) -> dict[str, Any]:
    [line] = command("batch", "list", *desk.at, "--json").json["batches"]
    found: dict[str, Any] = line
    return found


def test_a_batch_is_taken_handed_over_and_taken_from_another_by_name(desk: Desk) -> None:
    batch = desk.receive()
    claim = ("batch", "claim", batch, *desk.at)
    assert command(*claim, *desk.officer("a")).out == f"officer-a has {batch}\n"
    assert "officer-a has it" in command("batch", "list", *desk.at).out
    refused = command(*claim, *desk.officer("b"), "--json")
    assert (refused.code, refused.error) == (1, "batch_claimed")
    assert "--from officer-a" in refused.json["error"]["cure"]
    assert command(*claim, *desk.officer("b"), "--from", "officer-a").code == 0
    over = ("batch", "hand-over", batch, *desk.at)
    assert command(*over, *desk.officer("a"), "--to", "officer-a", "--json").error == (
        "batch_claimed"
    )
    assert command(*over, *desk.officer("b"), "--to", "nobody", "--json").error == "officer_unknown"
    assert command(*over, *desk.officer("b"), "--to", "officer-a").code == 0
    assert _listed(desk)["claimed_by"] == "officer-a"
    needs = command("status", *desk.at, "--json").json["needs"]
    assert any("officer-a has it" in each["words"] for each in needs)

    path = desk.office / "claims" / f"{batch}.json"
    signed = path.read_text(encoding="utf-8")
    for text in (signed.replace('"to":"officer-a"', '"to":"officer-b"', 1), "{}", "no JSON"):
        path.write_text(text, encoding="utf-8")
        assert _listed(desk)["claimed_by"] == ""
    path.write_text(signed, encoding="utf-8")
    assert command("withdraw", batch, *desk.at, *desk.officer("b")).code == 0
    assert _listed(desk)["claimed_by"] == ""
    assert command(*claim, *desk.officer("a"), "--json").error == "batch_not_ready"
