"""The law that batches were judged under is kept as text, once, and is the same law when it is
loaded again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.database import Store, create_store
from counterfoil.gate import copy_law
from counterfoil.gate.law.archive import (
    MAX_LAW_FILES,
    keep_law,
    kept_law,
    law_of_texts,
    read_law_texts,
)
from tests.gate.world import LIBRARY
from tests.world.faults import expect_fault

RULES = "sha256:" + "1" * 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


@pytest.fixture
def office(tmp_path: Path) -> Path:
    copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox-routes.yaml", tmp_path / "law")
    return tmp_path / "law"


def test_every_file_of_the_law_is_kept_by_its_path_as_it_is_written(office: Path) -> None:
    (office / "common" / "every-route.yaml").write_bytes("# März\n".encode())
    (office / "notes.txt").write_text("no law", encoding="utf-8")
    files = read_law_texts(office)
    written = {
        path.relative_to(office).as_posix(): path.read_text(encoding="utf-8")
        for path in office.rglob("*.yaml")
    }
    assert files == written
    assert files["common/every-route.yaml"] == "# März\n"
    assert {name.split("/")[0] for name in files} == {
        "statutes",
        "routes",
        "common",
        "lists",
        "agreement.yaml",
    }


@pytest.mark.parametrize("harm", ["gone", "no text"])
def test_p10_a_law_file_that_cannot_be_read_refuses(office: Path, harm: str) -> None:
    path = office / "agreement.yaml"
    path.unlink() if harm == "gone" else path.write_bytes(b"\xff")
    with expect_fault(SettingsFault, "law_unreadable", "law") as raised:
        read_law_texts(office)
    assert ("FileNotFoundError" if harm == "gone" else "UnicodeDecodeError") in raised.value.message


def test_the_law_of_kept_files_is_the_offices_own(office: Path) -> None:
    assert law_of_texts(read_law_texts(office)) == copy_law(
        LIBRARY, LIBRARY / "agreements" / "sandbox-routes.yaml", office.with_name("other")
    )


def test_law_is_kept_once_under_the_rules_that_judged(office: Path, store: Store) -> None:
    before = read_law_texts(office)
    with store.transaction() as connection:
        assert kept_law(connection, RULES) is None
        keep_law(connection, RULES, office)
        (office / "agreement.yaml").write_text("changed", encoding="utf-8")
        keep_law(connection, RULES, office)
        assert kept_law(connection, RULES) == before
        assert kept_law(connection, "sha256:" + "2" * 64) is None
        keep_law(connection, "sha256:" + "2" * 64, office)
        assert kept_law(connection, "sha256:" + "2" * 64) == before | {"agreement.yaml": "changed"}


@pytest.mark.parametrize(
    "path",
    [
        "../agreement.yaml",
        "/agreement.yaml",
        "statutes/../agreement.yaml",
        "statutes/a/b.yaml",
        "statutes/A.yaml",
        "statutes/.yaml",
        "statutes/" + "a" * 101 + ".yaml",
        "cases/name.yaml",
        "statutes/us.yml",
        "agreement.yaml\n",
        "agreements/sandbox.yaml",
    ],
)
def test_a_path_that_no_law_directory_has_is_never_written(path: str) -> None:
    with expect_fault(VerifyFault, "law_paths", "law"):
        law_of_texts({"agreement.yaml": "", path: ""})


def test_a_bundle_holds_at_most_a_thousand_law_files() -> None:
    files = {f"statutes/s{number}.yaml": "" for number in range(MAX_LAW_FILES - 1)}
    files["agreement.yaml"] = ""
    with expect_fault(SettingsFault, "law_field", "statutes/s0.yaml: $"):
        law_of_texts(files)
    with expect_fault(VerifyFault, "law_paths", "law"):
        law_of_texts(files | {"statutes/one-more.yaml": ""})
