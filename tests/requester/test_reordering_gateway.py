"""A gateway that hands over what belongs to another item: the kit takes neither a receipt nor an
answer of one item for another's, whichever of them is signed and genuine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.cli.ask import exchange
from tests.requester.conftest import Bench
from tests.requester.holder import Carrier
from tests.world.people import REQUESTS, write_csv


class Reordering(Carrier):
    """Hands over the first item's receipt or answer for the second, and the other way round."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.swapped: dict[str, str] = {}

    def receipt(self, item: str) -> bytes | None:
        return super().receipt(self.swapped.get(item, item))

    def fetch(self, item: str, kind: str, sink: object) -> bool:
        return super().fetch(self.swapped.get(item, item), kind, sink)  # type: ignore[arg-type]


@pytest.fixture
def carrier(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Reordering:
    made = Reordering(bench.mailbox)
    monkeypatch.setattr(exchange, "way_of", lambda *_: made)
    return made


def _two_items(bench: Bench) -> list[str]:
    other = write_csv(bench.folder / "other.csv", REQUESTS[2:4])
    for file in (bench.file, other):
        assert bench.ask("sign", file, "--key", bench.key, "--out", bench.mailbox) == 0
    bench.holder.work()
    return sorted(each.stem for each in (bench.mailbox / "outbox").glob("*.answer"))


def test_a_receipt_of_another_item_is_none(
    bench: Bench, carrier: Reordering, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = _two_items(bench)
    carrier.swapped = {first: second, second: first}
    capsys.readouterr()
    assert bench.ask("send", "--to", "x", "--key", bench.key, "--wait", 0, "--json") == 5
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["error"]["code"] in ("item_receipt_item", "item_receipt_other")


def test_an_answer_of_another_item_is_none(
    bench: Bench, carrier: Reordering, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = _two_items(bench)
    assert bench.ask("send", "--to", "x", "--key", bench.key, "--wait", 0) == 0
    carrier.swapped = {first: second, second: first}
    capsys.readouterr()
    assert bench.ask("fetch", "--from", "x", "--key", bench.key, "--json") == 5
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {each["code"] for each in told["troubles"]} == {"outbox_other"}
    assert not list(bench.folder.glob("kit/items/*/*.answer"))
