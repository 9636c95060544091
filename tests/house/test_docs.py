"""Documentation cannot drift: what can be made is made, and what can be followed leads
somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts.fault_codes import read_faults
from scripts.write_docs import pages

from counterfoil.api.problems import CODES
from counterfoil.core import keyfile
from counterfoil.disclosure import deciding
from counterfoil.office import settings
from tests.cli.desk import Desk
from tests.house.tree import ROOT, SOURCE, committed_files

# -- pages that are made -----------------------------------------------------------------------


PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_that_is_made_is_what_the_source_makes(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], "run `python -m scripts.write_docs`"


def test_every_fault_has_words_for_the_person_who_reads_it() -> None:
    wordless = {each.code for each in read_faults(SOURCE) if not each.message}
    assert wordless <= {
        "usage",
        "weights_unusable",
        "replay_unexpected",
    }  # told in words that are made when it happens


def test_a_code_is_of_one_class_and_one_exit_code() -> None:
    classes: dict[str, set[int]] = {}
    for each in read_faults(SOURCE):
        classes.setdefault(each.code, set()).add(each.exit_code)
    assert {code for code, exits in classes.items() if len(exits) > 1} <= {"passphrase_missing"}


def test_a_status_over_http_is_of_a_code_that_there_is() -> None:
    assert set(CODES) <= {each.code for each in read_faults(SOURCE)}


# -- settings ----------------------------------------------------------------------------------

OPERATE = (ROOT / "docs" / "operate" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_is_described() -> None:
    assert [
        name for name in settings.Settings.__struct_fields__ if f"| `{name}` |" not in OPERATE
    ] == []


def test_every_file_of_an_office_is_described(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    named = set(re.findall(r"`([\w./*-]+)`", OPERATE.split("## `office.toml`")[0]))
    held = {
        re.sub(r"-(wal|shm)$", "", path.name) for path in desk.office.iterdir()
    }  # SQLite's own, beside the database
    assert held <= {name.split("/")[0] for name in named}
    keys = {f"keys/{path.name}" for path in (desk.office / "keys").iterdir()}
    assert {
        key for key in keys if key not in named and not key.startswith("keys/officer-")
    } == set()


def test_every_purpose_of_a_key_is_described() -> None:
    assert [
        name
        for name in (*keyfile.ED25519_PURPOSES, *keyfile.SECRET_PURPOSES)
        if f"`{name}`" not in OPERATE
    ] == []


def test_every_code_in_the_table_of_failures_can_happen() -> None:
    table = OPERATE.split("## After a failure")[1]
    named = {
        code
        for line in table.splitlines()
        for code in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else "")
    }
    kept = {deciding.KEEPER_LIMIT, deciding.UNREADABLE}  # of rows that were not compared
    assert named - {each.code for each in read_faults(SOURCE)} - kept == set()


# -- links -------------------------------------------------------------------------------------


def _anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "path",
    [path for path in committed_files() if path.suffix == ".md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(
        r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)", path.read_text(encoding="utf-8")
    )
    broken = []
    for target, anchor in links:
        found = (path.parent / target).resolve() if target else path
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            broken.append(f"{target}#{anchor}" if anchor else target)
    assert broken == []


def test_a_stranger_finds_every_page_from_the_readme() -> None:
    """A page that no other page names is read by nobody. Decisions are listed by their folder."""
    todo, found = [ROOT / "README.md"], set[Path]()
    while todo:
        page = todo.pop()
        if page not in found:
            found.add(page)
            links = re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8"))
            todo += [(page.parent / each).resolve() for each in links]
    pages_there = {*(ROOT / "docs").rglob("*.md"), ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"}
    assert (
        sorted(
            str(page.relative_to(ROOT))
            for page in pages_there - found
            if not re.match(r"\d{4}-", page.name)
        )
        == []
    )
