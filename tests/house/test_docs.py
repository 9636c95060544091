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
from counterfoil.core.values import Role
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


def test_every_role_of_an_officer_is_described() -> None:
    assert [role.value for role in Role if f"| `{role.value}` |" not in OPERATE] == []


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


def test_the_list_of_all_pages_has_every_page() -> None:
    """docs/README.md says that it lists every page. Decisions are listed by their folder."""
    docs = ROOT / "docs"
    listed = (docs / "README.md").read_text(encoding="utf-8")
    there = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - {"README.md"}
    unlisted = {page for page in there if f"({page})" not in listed}
    assert {page for page in unlisted if not page.startswith("decisions/0")} == set()


# -- what a page names ---------------------------------------------------------------------------

WRITTEN = [
    path
    for path in committed_files()
    if path.suffix == ".md" and path not in PAGES and path.name != "CHANGELOG.md"
]
ELSEWHERE = {"pg_dump"}  # other people's programs


def test_every_source_file_that_a_page_names_exists() -> None:
    there = {f"/{path.relative_to(ROOT).as_posix()}" for path in committed_files()}
    named = {
        (path.name, name)
        for path in WRITTEN
        for name in re.findall(r"`([\w./-]+\.(?:py|sh))`", path.read_text(encoding="utf-8"))
        if "decisions" not in path.parts  # a record is of its day, and never rewritten
    }
    assert {each for each in named if not any(one.endswith(f"/{each[1]}") for one in there)} == {
        ("spark.md", "start-connect-server.sh")  # of Apache Spark
    }


def test_every_name_of_the_program_that_a_page_names_is_in_the_program() -> None:
    """Codes, settings and fields that a page writes in the program's way, in guides, formats and
    pages of operation: with a code that there is not, a reader looks in vain."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in committed_files()
        if path.suffix in {".py", ".toml", ".yaml", ".js", ".html"}
        and path.relative_to(ROOT).parts[0] != "tests"
    )
    told = {
        (path.name, name)
        for path in WRITTEN
        if {"guides", "formats", "operate"} & {*path.parts} or path.parent == ROOT
        for name in re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`", path.read_text("utf-8"))
    }
    named = {name for _, name in told} - ELSEWHERE
    missing = {name for name in named if name not in source}
    assert {each for each in told if each[1] in missing} == set()


ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_architecture_names_every_room() -> None:
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}/`" not in ARCHITECTURE} == set()


def test_each_promise_has_a_test_beside_the_code_and_a_journey() -> None:
    where: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for promise in re.findall(r"^def test_(p\d+)_", path.read_text("utf-8"), re.MULTILINE):
            where.setdefault(promise, set()).add(
                "journey" if path.parent.name == "journeys" else "beside"
            )
    promised = {f"p{number}" for number in re.findall(r"^\| P(\d+) \|", ARCHITECTURE, re.MULTILINE)}
    assert where == {promise: {"journey", "beside"} for promise in promised}
