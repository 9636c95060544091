"""The committed vectors give what they say, to the program and to a reader written from the page;
and the page's worked example is the first of them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.envelopes import OpeningKey, check_head, check_intake_key, check_receipt, open_item
from counterfoil.envelopes.header import FORMAT
from counterfoil.tlog import parse_vkey
from tests.envelopes.independent import check_statement, read_item
from tests.envelopes.make_vectors import PATH, content
from tests.house.tree import ROOT

VECTORS: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
SECRET = base64.b64decode(VECTORS["secret"])
KEY = OpeningKey(SECRET)
SIGNER = parse_vkey(VECTORS["signer"])
ITEMS = {each["what"]: each for each in VECTORS["items"]}


def test_the_public_key_is_that_of_the_secret() -> None:
    assert str(KEY.public) == VECTORS["public"]


@pytest.mark.parametrize("what", ITEMS)
def test_each_item_gives_what_its_vector_says(what: str) -> None:
    vector, sink = ITEMS[what], io.BytesIO()
    item = base64.b64decode(vector["item"])
    if "code" in vector:
        with pytest.raises(VerifyFault) as raised:
            open_item(io.BytesIO(item), sink, {KEY.key_id: KEY}, lambda _: [SIGNER])
        assert raised.value.code == vector["code"]
        with pytest.raises((AssertionError, ValueError, KeyError, Exception)):
            read_item(item, SECRET, VECTORS["signer"])
        return
    found = open_item(io.BytesIO(item), sink, {KEY.key_id: KEY}, lambda _: [SIGNER])
    _, clear = read_item(item, SECRET, VECTORS["signer"])
    assert clear == sink.getvalue()
    digest = "sha256:" + hashlib.sha256(clear).hexdigest()
    assert digest == found.digest == vector["content"]


def test_the_statements_verify_and_say_the_same_to_both_readers() -> None:
    holder = [parse_vkey(VECTORS["holder"])]
    now = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    origin = "example.gov/disclosures"
    key = check_intake_key(VECTORS["intake_key"].encode(), holder, origin, now)
    receipt = check_receipt(VECTORS["receipt"].encode(), holder, origin, "00112233445566778899aabbccddeeff")  # fmt: skip
    head = check_head(VECTORS["head"].encode(), holder, origin)
    for name, typ, said in (
        ("intake_key", "counterfoil-intake-key-1", key.key_id),
        ("receipt", "counterfoil-item-receipt-1", receipt.batch),
        ("head", "counterfoil-outbox-1", head.next_due),
    ):
        assert said in check_statement(VECTORS[name].encode(), typ, VECTORS["holder"]).values()


def test_the_pages_example_is_the_first_vector() -> None:
    page = (ROOT / "docs/formats/item.md").read_text(encoding="utf-8")
    item = base64.b64decode(VECTORS["items"][0]["item"])
    line = item.split(b"\n", 2)[1]
    assert f"```json\n{line.decode()}\n```" in page
    rest = len(item) - len(FORMAT) - 1 - len(line) - 1 - 1713 - 56
    table = [
        ("first line", len(FORMAT) + 1),
        ("header and newline", len(line) + 1),
        ("seal of one key", 1713),
    ]
    table += [("salt and commitment", 56), ("one chunk", rest), ("all of it", len(item))]
    assert "\n".join(f"| {part} | {size} |" for part, size in table) in page
    assert len(content()) < 4096
