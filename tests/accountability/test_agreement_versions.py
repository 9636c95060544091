"""The versions of an agreement that an office used, and what changed between two: told from the
ledger, with a kept text believed only where it has the digest that the ledger names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from counterfoil.accountability.agreement_versions import (
    AgreementVersions,
    CompareVersions,
    compare_versions,
    list_versions,
)
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY
from tests.cli.desk import command
from tests.web.sites import pages_of
from tests.world.office import World
from tests.world.people import REQUESTS


def versions(world: World) -> AgreementVersions:
    return list_versions(world.office, NOBODY)


@pytest.fixture
def amended(world: World) -> World:
    """An office that used two versions."""
    world.receive(world.requests(REQUESTS[:1]))
    world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
    return world


def test_a_version_that_was_not_used_yet_is_said_to_wait(amended: World) -> None:
    found = versions(amended)
    assert found.waiting and [each.in_force for each in found.versions] == [False]
    amended.receive(amended.requests(REQUESTS[1:2]))
    found = versions(amended)
    assert not found.waiting
    assert [each.in_force for each in found.versions] == [True, False]
    assert [each.state for each in found.versions] == ["read", "read"]


def test_two_versions_are_compared_field_by_field_on_a_page_and_by_files(
    amended: World, tmp_path: Path
) -> None:
    before = tmp_path / "before.yaml"
    now = (amended.path / "law" / "agreement.yaml").read_text(encoding="utf-8")
    before.write_text(now.replace("answer_expiry_days: 30", "answer_expiry_days: 90"))
    amended.receive(amended.requests(REQUESTS[1:2]))
    last, first = versions(amended).versions
    found = compare_versions(amended.office, NOBODY, CompareVersions(first.index, last.index))
    assert [(each.path, each.before, each.after) for each in found.changes] == [
        ("answer_expiry_days", ("90",), ("30",))
    ]
    assert (found.files, found.files_checked) == ((), None)
    with pages_of(amended) as pages:
        browser = pages.browser("officer-a")
        listed = browser.get("/agreement/versions").text
        assert first.digest in listed and last.digest in listed and "(in force)" in listed
        link = f"/agreement/changes?first={first.index}&last={last.index}"
        assert link.replace("&", "&amp;") in listed
        page = browser.get(link).text
        assert "answer_expiry_days" in page and ">90<" in page and ">30<" in page
        assert "None differs." in page
        for wrong in ("", "?first=x&last=1", f"?first={first.index}&last=0", "?first=-1&last=-1"):
            refused = browser.get(f"/agreement/changes{wrong}")
            assert refused.status_code == 400 and "version_unknown" in refused.text
    told = command(
        "agreement", "diff", before, amended.path / "law" / "agreement.yaml", "--json"
    ).json
    assert [each["path"] for each in told["changes"]] == ["answer_expiry_days"]
    assert (told["before"], told["after"]) == (first.digest, last.digest)
    words = command("agreement", "diff", before, amended.path / "law" / "agreement.yaml").out
    assert "answer_expiry_days\n  - 90\n  + 30\n" in words


def test_a_kept_text_that_was_altered_or_lost_is_not_shown(amended: World) -> None:
    amended.receive(amended.requests(REQUESTS[1:2]))
    last, first = versions(amended).versions
    with amended.office.store.transaction() as connection:
        kept = connection.execute(
            text("SELECT files FROM kept_law WHERE rules = :rules"), {"rules": first.rules}
        ).scalar_one()
        files = json.loads(bytes(kept))
        files["agreement.yaml"] = files["agreement.yaml"].replace("made up", "forged")
        connection.execute(
            text("UPDATE kept_law SET files = :files WHERE rules = :rules"),
            {"rules": first.rules, "files": json.dumps(files).encode()},
        )
        connection.execute(text("DELETE FROM kept_law WHERE rules = :r"), {"r": last.rules})
    found = versions(amended).versions
    assert [each.state for each in found] == ["missing", "other"]
    assert {each.title for each in found} == {""}
    with pytest.raises(VerifyFault, match="version_unreadable"):
        compare_versions(amended.office, NOBODY, CompareVersions(first.index, last.index))


def test_law_files_that_differ_are_named_and_checked_against_the_entries(world: World) -> None:
    world.receive(world.requests(REQUESTS[:1]))
    lists = next((world.path / "law" / "common").glob("*.yaml"))
    lists.write_text(lists.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
    world.receive(world.requests(REQUESTS[1:2]))
    last, first = versions(world).versions
    found = compare_versions(world.office, NOBODY, CompareVersions(first.index, last.index))
    assert [(each.path, each.how) for each in found.files] == [(f"common/{lists.name}", "changed")]
    assert found.files_checked is True


def test_an_index_that_is_no_version_is_refused(world: World) -> None:
    with pytest.raises(UsageFault, match="version_unknown"):
        compare_versions(world.office, NOBODY, CompareVersions(0, 0))
