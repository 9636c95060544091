"""P2 and P3: only grants open doors; nothing in the register lists, walks, counts or searches
residents."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import counterfoil.register as register
from counterfoil.core.values import Grant, Resident, Residents
from counterfoil.register import KeyCustodian, SealedRegister, reader, stores

SOURCE = Path(inspect.getfile(register)).parent
BUILDERS = {"writer.py", "learning.py", "rows.py", "bucket.py"}
"""Where residents exist outside an answer: what a build makes of its source, and the form of a
bucket."""


def offered(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_the_room_offers_exactly_these_names() -> None:
    assert set(register.__all__) == {
        "Counts",
        "KeyCustodian",
        "Learner",
        "Manifest",
        "BuildPlan",
        "SealedRegister",
        "build",
        "check_store",
        "current_snapshot",
        "describe",
        "manifest_digest",
        "not_compared",
        "open_manifest",
        "open_register",
        "EvidenceBuckets",
        "EvidenceBucket",
        "manifest_bytes",
        "read_manifest",
        "read_signature",
        "residents_in",
        "PublicKeys",
        "check_manifest",
        "is_signed",
        "key_id",
        "sign_again",
        "update",
    }


def test_an_open_register_offers_one_way_in_and_for_evidence_its_sealed_buckets() -> None:
    assert offered(SealedRegister) == {
        "close",
        "compares_pages",
        "manifest",
        "open_residents",
        "collect_buckets",
        "snapshot",
    }


def test_sealed_buckets_are_shown_for_one_grant_and_opened_with_what_was_shown_alone() -> None:
    shown, opened = (
        get_type_hints(SealedRegister.collect_buckets),
        get_type_hints(register.residents_in),
    )
    assert (shown["grant"], shown["return"]) == (Grant, register.EvidenceBuckets)
    assert list(inspect.signature(SealedRegister.collect_buckets).parameters) == ["self", "grant"]
    assert opened == {
        "buckets": register.EvidenceBuckets,
        "grant": Grant,
        "snapshot": str,
        "bucket_format": str,
        "return": Residents,
    }


def test_the_one_way_in_takes_grants() -> None:
    hints = get_type_hints(SealedRegister.open_residents)
    assert str(hints["grants"]) == f"collections.abc.Sequence[{Grant.__module__}.Grant]"
    assert list(inspect.signature(SealedRegister.open_residents).parameters) == ["self", "grants"]


def test_nothing_can_be_iterated_or_measured() -> None:
    for thing in (SealedRegister, KeyCustodian, stores.LmdbReader):
        assert not {"__iter__", "__len__", "__getitem__", "__contains__", "__next__"} & set(
            dir(thing)
        )


def test_no_other_public_function_gives_residents() -> None:
    giving = [
        function.__name__
        for function in vars(reader).values()
        if inspect.isfunction(function)
        and function.__module__ == reader.__name__
        and not function.__name__.startswith("_")
        and {Resident, Residents} & set(names_in(get_type_hints(function).get("return")))
    ]
    assert giving == ["residents_in"]


def names_in(hint: Any) -> Iterator[Any]:
    yield hint
    for part in getattr(hint, "__args__", ()):
        yield from names_in(part)


def test_only_the_store_writer_of_the_build_uses_a_cursor() -> None:
    used = {
        (path.name, top.name)
        for path in SOURCE.glob("*.py")
        for top in ast.parse(path.read_text()).body
        if isinstance(top, ast.ClassDef | ast.FunctionDef)
        for node in ast.walk(top)
        if isinstance(node, ast.Attribute)
        and node.attr in ("cursor", "iternext", "iterprev")
        and path.name != "external_sort.py"
    }
    assert used == {("stores.py", "LmdbWriter")}


def test_no_function_is_named_as_a_search() -> None:
    searching = re.compile(
        r"^(list|walk|search|find|scan|iter|all|each|browse|lookup|dump|export)(_|$).*resident|resident.*_(list|walk|search|scan)"
    )
    named = [
        node.name
        for path in SOURCE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and searching.search(node.name)
    ]
    assert named == []


def test_residents_are_decoded_by_the_opener_and_the_builders_only() -> None:
    using = {
        path.name
        for path in SOURCE.glob("*.py")
        if re.search(r"decode_residents|decode_identity", path.read_text())
    }
    assert using <= BUILDERS | {"reader.py"}
