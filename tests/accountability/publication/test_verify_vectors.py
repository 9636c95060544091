"""verify.html says what `counterfoil-verify` says, of every file of `tests/vectors/verify`, of files
altered at random, and of evidence bundles what `evidence check` says."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from counterfoil.accountability.evidence import check_public
from counterfoil.accountability.publication import verify_page
from counterfoil.cli import verifier
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError
from counterfoil.gate.law.archive import law_of_texts as load_law_of_texts
from counterfoil.gate.law.load import Law
from counterfoil.tlog.note import verifier_key
from tests.accountability.evidence.bundles import Made, make, released, signed_again
from tests.accountability.publication.both import Asked, Said, by_page, by_program, require_alike
from tests.accountability.publication.recall_lists import listed
from tests.accountability.publication.vectors import FOLDER, answer, everything, lines_of, long_ones
from tests.ledger.office import KEY
from tests.ledger.test_verifier import ATTESTATION, CONSISTENCY, PROOF
from tests.tlog.test_witness import signer
from tests.world.office import World, closing

public_part = import_module("counterfoil.accountability.evidence.check_public")
VECTORS = everything()
GOOD = {"proof": PROOF, "consistency": CONSISTENCY, "attestation": ATTESTATION}
INSERTED = [b"\0", b"\n", b"\r", b"\xef\xbb\xbf", b" ", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xc2\x85"]
INSERTED += [b"\xed\xa0\x80", b"=", b"0", b"-", b"entry ", b"{", b"\xff", b"\xf0\x9f\x98\x80"]


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_say_what_the_program_says(name: str) -> None:
    """`python -m tests.accountability.publication.vectors` writes them anew."""
    assert (FOLDER / f"{name}.jsonl").read_text(encoding="ascii") == lines_of(VECTORS[name])


@pytest.mark.browser
def test_the_page_says_the_same_of_every_vector() -> None:
    questions = [each for group in VECTORS.values() for each in group]
    recorded = iter(
        json.loads(line)["said"]
        for name in VECTORS
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="ascii").splitlines()
    )
    codes = set[int]()
    for asked, said in zip(questions, by_page(questions), strict=True):
        if asked.expected:
            assert (str(said.code), [*said.lines, said.last][0]) == tuple(asked.expected)
        else:
            wanted = next(recorded)
            alike = (wanted["code"], tuple(wanted["lines"]), wanted["last"])
            assert said.alike == alike, asked.name
            codes.add(said.code)
    assert (codes, next(recorded, None)) == ({0, 2, 5, 6}, None)


@pytest.mark.browser
def test_files_altered_at_random_are_judged_alike(tmp_path: Path) -> None:
    chance, questions = random.Random(17), list[Asked]()
    for what, text in GOOD.items():
        good = Asked(what, what, what, {what: text.encode()}, str(KEY))
        questions += [good.altered(f"{at}", _altered(text.encode(), chance)) for at in range(70)]
    good = answer()
    for name, data in good.files.items():
        questions += [good.altered(f"{at}", _altered(data, chance), name) for at in range(50)]
    codes = {each.code for each in require_alike(questions, tmp_path / "f")}
    assert codes == {0, 5}


def _altered(raw: bytes, chance: random.Random) -> bytes:
    at, lines = chance.randrange(len(raw)), raw.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    doubled, exchanged = [*lines], [*lines]
    doubled.insert(one, lines[other])
    exchanged[one], exchanged[other] = lines[other], lines[one]
    return chance.choice(
        [
            raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :],
            raw[:at] + raw[at + 1 :],
            raw[:at],
            raw[:at] + chance.choice(INSERTED) + raw[at:],
            b"\n".join(doubled),
            b"\n".join(exchanged),
        ]
    )


@pytest.mark.browser
def test_files_as_long_as_may_be_and_longer_are_judged_alike(tmp_path: Path) -> None:
    said = require_alike([*long_ones()], tmp_path / "f")
    assert {each.code for each in said} == {0, 2, 5}


def test_the_page_knows_the_kinds_and_fields_that_the_program_knows() -> None:
    source = (verify_page.FOLDER / "verify.js").read_text(encoding="utf-8")
    kinds = re.search(r"KINDS = new Set\(`([^`]*)`", source)
    committed = re.search(r"COMMITTED = \[([^\]]*)\]", source)
    assert kinds and committed
    assert kinds[1].split() == [*dict.fromkeys(verifier.KINDS)]
    assert re.findall(r'"(\w+)"', committed[1]) == list(verifier.COMMITTED)


# -- lists of recalls --------------------------------------------------------------------------


@pytest.mark.browser
def test_an_answer_is_looked_up_in_a_list_of_recalls() -> None:
    for asked, said in zip(listed(), by_page(listed()), strict=True):
        code, text = asked.expected
        told = said.last.removeprefix("DOES NOT VERIFY: ") if code == "5" else said.lines[-1][3:]
        assert (str(said.code), told) == (code, text), (asked.name, said)
        if code == "6":
            assert said.last.startswith("RECALLED: all of it verifies, and the holder recalled")


@pytest.mark.browser
def test_a_list_without_an_answer_says_that_it_is_complete() -> None:
    data = next(each.recalls for each in listed() if each.name.endswith("hundreds")) or b""
    asked = Asked("list", "recalls", "recalls", {"recalls": data}, str(KEY))
    said, altered = by_page([asked, asked.altered("cut", data[:-4])])
    assert (said.code, said.last, altered.code) == (0, "OK", 5)
    assert "its 255 recalls are all that were entered" in said.lines[2]


# -- evidence bundles --------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def made(world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Made]:
    with closing(World(tmp_path_factory.mktemp("bundle"), template=world_template)) as world:
        return world, make(world, released(world))


def _entry(role: str, change: Change) -> Change:
    def changed(body: dict[str, Any]) -> None:
        change(next(each for each in body["entries"] if each["role"] == role))

    return changed


def _without(role: str) -> Change:
    return lambda body: body.update(entries=[e for e in body["entries"] if e["role"] != role])


def _exchanged(*roles: str) -> Change:
    def changed(body: dict[str, Any]) -> None:
        one, other = (next(e for e in body["entries"] if e["role"] == role) for role in roles)
        one["role"], other["role"] = other["role"], one["role"]

    return changed


CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    **{
        f"no {role}": _without(role)
        for role in ("law", "batch", "gate", "opening", "review", "answer", "release", "inspection")
    },
    "no enrolment": lambda body: [_without(f"{n}-officer")(body) for n in ("first", "second")],
    "officers' entries exchanged": _exchanged("first-officer", "second-officer"),
    "entries exchanged": _exchanged("gate", "answer"),
    "an entry altered": _entry(
        "gate", lambda e: e.update(entry=e["entry"].replace("2026", "2025"))
    ),
    "a role that is none": _entry("gate", lambda e: e.update(role="constructor")),
    "a proof of another entry": _entry(
        "gate", lambda e: e.update(proof="c2sp.org/tlog-proof@v1\n")
    ),
    "the order of entries": lambda body: body.update(entries=body["entries"][::-1]),
    "an entry twice": lambda body: body.update(entries=[*body["entries"], body["entries"][0]]),
    "no entries": lambda body: body.update(entries=[]),
    "another batch": lambda body: body.update(batch="b-000000000000"),
    "another office": lambda body: body.update(office="made-up.example/other"),
    "another day": lambda body: body.update(gate_date="2026-03-01"),
    "another time": lambda body: body.update(received_at="2026-03-01T00:00:00Z"),
    "another snapshot": lambda body: body.update(snapshot="0001-other"),
    "no snapshot": lambda body: body.update(snapshot=""),
    "another manifest": lambda body: body.update(manifest=body["manifest"] + " "),
    "a law file altered": lambda body: body["law"].update({"agreement.yaml": "id: other\n"}),
    "a law file more": lambda body: body["law"].update({"statutes/x.yaml": "x"}),
    "a digest altered": lambda body: body["law_digests"].update({"agreement.yaml": "sha256:00"}),
    "other determinations": lambda body: body.update(determinations="sha256:" + "00" * 32),
    "no review": lambda body: body.update(review=None),
    "one officer twice": lambda body: body.update(release=body["review"]),
    "officers exchanged": lambda body: body.update(release=body["review"], review=body["release"]),
    "a signature altered": lambda body: body["review"].update(signature="{}"),
    "another officer": lambda body: body["review"].update(
        officer={"name": "x", "vkey": str(verifier_key("x", signer(2).verifier.public))}
    ),
    "a name that is not the key's": lambda body: body["review"]["officer"].update(name="x"),
    "a certificate more": lambda body: body["certificates"].update(
        birth={"certificate": "{}", "signature": ""}
    ),
    "a field more": lambda body: body.update(more=1),
    "a field less": lambda body: body.pop("file_digest"),
    "__proto__": lambda body: body.update(__proto__={}),
    "versions": lambda body: body.update(versions={"match": "match-0"}),
    **{
        f"{name} of another form": lambda body, name=name, other=other: body.update({name: other})
        for name, other in {
            "certificates": [],
            "law": [],
            "versions": 5,
            "file_digest": None,
            "received_at": 5,
            "review": False,
            "entries": {},
        }.items()
    },
    "no law file": lambda body: body.update(law={}, law_digests={}),
    "another agreement": lambda body: body.update(agreement="other"),
    "a member more in a review": lambda body: body["review"].update(more=1),
    "a member more in an entry": _entry("gate", lambda e: e.update(more=1)),
    **{
        f"a manifest's signature after {space!r}": lambda body, space=space: body.update(
            manifest_signature=space + body["manifest_signature"]
        )
        for space in (" ", "\u00a0", "\ufeff", "\x1c")
    },
    "markup": lambda body: body.update(file_digest="<script>alert(1)</script>"),
}
NOT_SEEN_HERE = {"versions"}
"""What only a program finds that loads the law and knows the versions."""


@cache
def _law(files: tuple[tuple[str, str], ...]) -> Law:
    return load_law_of_texts(dict(files))


def _bundle(world: World, name: str, data: bytes) -> Asked:
    return Asked(name, "bundle", "bundle", {"bundle": data}, str(world.office.holder_key))


def _holds(world: World, data: bytes) -> bool:
    """What `evidence check` says; a law that was loaded once is not loaded again."""

    def law_of_texts(files: dict[str, str]) -> Law:
        return _law(tuple(sorted(files.items())))

    try:
        with patch.object(public_part, "law_of_texts", law_of_texts):
            check_public(data, world.office.holder_key)
    except CounterfoilError:
        return False
    return True


@pytest.mark.browser
def test_bundles_are_judged_as_evidence_check_judges_them(made: tuple[World, Made]) -> None:
    world, bundle = made
    signed = {name: signed_again(world, bundle, change) for name, change in CHANGES.items()}
    raw, plain = bundle.data, json.loads(bundle.data)
    signed |= {
        "cut": raw[:-1],
        "a newline": raw + b"\n",
        "BOM": b"\xef\xbb\xbf" + raw,
        "a byte": raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:],
        "another format": canonical.encode(plain | {"format": "counterfoil-evidence-2"}),
        "another holder": canonical.encode(plain | {"holder": str(KEY)}),
        "no sealed part": canonical.encode(plain | {"sealed": ""}),
        "a member more": canonical.encode(plain | {"more": 1}),
        "a list": b"[]",
        "empty": b"",
    }
    said = by_page([_bundle(world, name, data) for name, data in signed.items()])
    for (name, data), found in zip(signed.items(), said, strict=True):
        wanted = _holds(world, data) or name in NOT_SEEN_HERE
        assert found.code == (0 if wanted else 5), (name, found)
    assert len(said[0].lines) == 6 and "was not decided again" in said[0].lines[-1]


@pytest.mark.browser
def test_a_bundle_is_of_the_key_that_was_given_and_of_no_other(made: tuple[World, Made]) -> None:
    world, bundle = made
    asked = replace(_bundle(world, "another key", bundle.data), key=str(KEY))
    assert by_page([asked]) == [
        Said(5, (), "DOES NOT VERIFY: the bundle names another holder's key than the one you gave")
    ]


def test_the_program_still_says_the_same_of_what_it_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    assert by_program(answer(), folder).code == 0
