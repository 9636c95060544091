"""`counterfoil override`: two roles, all that waits, and a reason in a file."""

from __future__ import annotations

from pathlib import Path

from tests.cli.desk import Desk, Told, command
from tests.world.people import request, write_csv

WAITING = "i2-address-not-general-delivery"


def _waiting(desk: Desk) -> tuple[str, Path]:
    """A batch whose only request waits, and the key of an officer who is counsel."""
    keys = desk.directory / "keys"
    made = command("officer", "create", "c-hale", *desk.at, "--keys", keys, "--role", "counsel")
    assert (made.code, (keys / "c-hale.key").is_file()) == (0, True)
    rows = [request(1, "Henrietta", "Ravensworth", "General Delivery")]
    told = command("receive", write_csv(desk.directory / "waiting.csv", rows), *desk.at, "--quiet")
    return told.out.strip(), keys / "c-hale.key"


def _override(desk: Desk, batch: str, counsel: Path, reason: str, *more: str) -> Told:
    path = desk.directory / "reason.txt"
    path.write_bytes(reason.encode("utf-8", "surrogateescape"))
    return command(
        "override",
        batch,
        "q1",
        *desk.at,
        *desk.officer("a"),
        "--counsel",
        counsel,
        "--element",
        WAITING,
        "--reason",
        path,
        *more,
    )


def test_the_entry_is_on_stdout_and_words_are_on_stderr(desk: Desk) -> None:
    batch, counsel = _waiting(desk)
    told = _override(
        desk, batch, counsel, "Her letters are fetched there; confirmed by the post office.\n"
    )
    assert (told.code, told.out.strip().isdigit()) == (0, True)
    assert "determine" in told.err
    status = command("status", *desk.at, "--json").json
    assert [
        each["counts"]["overridden"] for each in status["batches"] if each["batch"] == batch
    ] == [1]


def test_as_json_it_names_what_was_set_aside(desk: Desk) -> None:
    batch, counsel = _waiting(desk)
    told = _override(desk, batch, counsel, "Confirmed by the post office.", "--json")
    assert (told.json["batch"], told.json["elements"], told.err) == (batch, [WAITING], "")


def test_an_officer_of_the_wrong_role_is_told_which_role_is_needed(desk: Desk) -> None:
    batch, _ = _waiting(desk)
    told = _override(
        desk, batch, desk.office / "keys" / "officer-b.key", "Confirmed by the post office."
    )
    assert (told.code, "[officer_role]" in told.err, "counsel" in told.err) == (1, True, True)


def test_a_reason_that_is_no_text_is_refused_and_not_repeated(desk: Desk) -> None:
    batch, counsel = _waiting(desk)
    told = _override(desk, batch, counsel, "Ravensworth \udcff")
    assert (told.code, "[override_reason]" in told.err, "Ravensworth" in told.err) == (
        2,
        True,
        False,
    )


def test_receive_and_status_say_how_many_wait_and_waiting_lists_them(desk: Desk) -> None:
    batch, counsel = _waiting(desk)
    path = desk.directory / "waiting.csv"
    again = command("receive", path, *desk.at)
    hint = f"`counterfoil waiting {batch} --office {desk.office}`"
    assert "1 refused (1 waits for an officer)" in again.err
    assert hint in again.err
    status = command("status", *desk.at)
    assert f"{batch}  gated  (1 waits for an officer)" in status.out
    assert hint in status.err
    listed = command("waiting", batch, *desk.at)
    assert (listed.code, listed.out) == (0, f"q1  {WAITING}\n")
    assert _override(desk, batch, counsel, "Confirmed by the post office.").code == 0
    assert command("waiting", batch, *desk.at, "--json").json["waiting"] == []
    assert "No request of this batch waits" in command("waiting", batch, *desk.at).err
    assert "waits" not in command("status", *desk.at).out
    counted = command("determine", batch, *desk.at).err
    assert "1 refused (1 admitted by an override)" in counted


def test_what_is_not_met_besides_does_not_wait(desk: Desk) -> None:
    rows = [
        request(1, "Henrietta", "Ravensworth", "General Delivery", taxable_periods="all years"),
        request(2, "Henrietta", "Ravensworth", "PO Box 7"),
    ]
    told = command("receive", write_csv(desk.directory / "other.csv", rows), *desk.at)
    assert "wait" not in told.err
    batch = told.out.strip()
    assert command("waiting", batch, *desk.at, "--json").json["waiting"] == []


def test_after_determine_nothing_can_be_admitted_and_both_commands_say_so(desk: Desk) -> None:
    batch, _ = _waiting(desk)
    shown = command("explain", batch, "q1", *desk.at, *desk.officer("a")).out
    assert f"  Element: {WAITING}" in shown
    assert (
        f"`counterfoil override {batch} q1 --element {WAITING} --counsel KEY --reason FILE" in shown
    )
    assert command("determine", batch, *desk.at).code == 0
    assert "none of them can be admitted now" in command("waiting", batch, *desk.at).err
    shown = command("explain", batch, "q1", *desk.at, *desk.officer("a")).out
    assert "Cure: the requester asks again in a new file." in shown
