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
