"""A real Spark Connect endpoint builds the same register and decides the same batch, byte for byte; one
that is killed in the middle leaves nothing half-published, and nothing is lost.

COUNTERFOIL_SPARK_REMOTE names another endpoint than Sail (tests/world/spark.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterfoil import client
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import SERVICE, finish, watcher
from counterfoil.disclosure.register_build import BuildRegister, build_register
from counterfoil.register import KeyCustodian, build
from counterfoil.register.pages import build as pages_build
from counterfoil.register.pages import steps
from counterfoil.register.source import COLUMNS
from counterfoil.register.spark import pool as pools
from counterfoil.register.spark.pool import Cluster
from tests.office.test_custodian_elsewhere import elsewhere
from tests.register.conftest import FLAT, PEOPLE, SECRET, Office
from tests.register.custody.serving import served
from tests.world.office import REQUESTS, World
from tests.world.spark import REMOTE, Endpoint

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.kill()


@pytest.fixture
def mortal(endpoint: Endpoint) -> Iterator[Endpoint]:
    """An endpoint that a test kills: Sail, also where the others are tried on another one."""
    made = Endpoint("") if REMOTE else endpoint
    yield made
    if made is endpoint:
        made.start()
    else:
        made.kill()


def town(homes: int = 90) -> list[dict[str, str]]:
    """Made-up people, some of whom cannot be read, over several streets and ZIPs."""
    people = [row | {"record_ref": f"A{at}"} for at, row in enumerate(PEOPLE)]
    people.append(FLAT | {"record_ref": "bad", "line1": "", "zip": "x"})
    for at in range(homes):
        street = ("Juniper Ln", "Juniper Lane N", "Juniper Ct", "Alder St")[at % 4]
        place = {"line1": f"{100 + at // 4} {street}", "zip": ("03049", "03050")[at % 41 == 7]}
        for given in ("Ada", "Bruno"):
            number = f"{900 + at % 9}-00-{1000 + at:04}"
            person = {"record_ref": f"R{at}{given}", "tin": number, "given_name": given}
            rest = {"family_name": f"Varga{at % 13}", "taxable_period": str(2019 + at % 2)}
            people.append(FLAT | {"line2": ""} | place | person | rest)
    return people


def as_parquet(people: list[dict[str, str]], path: Path) -> Path:
    columns = {name: [row.get(name, "") for row in people] for name in COLUMNS}
    pq.write_table(pa.table(columns), path, row_group_size=17)
    return path


def files_of(office: Office) -> dict[str, bytes]:
    return {
        str(path.relative_to(office.register)): path.read_bytes()
        for path in sorted(office.register.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def offices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Office, Office]:
    """Two of the same, whose builds have several chunks and parts."""
    for module in (steps, pages_build):
        monkeypatch.setattr(module, "CHUNK_ROWS", 50)
    monkeypatch.setattr(pages_build, "part_count", lambda *_: 3)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    return Office(tmp_path / "a"), Office(tmp_path / "b")


def test_a_spark_build_of_parquet_is_the_same_bytes(
    endpoint: Endpoint, offices: tuple[Office, Office], tmp_path: Path
) -> None:
    here, there = offices
    source = as_parquet(town(), tmp_path / "people.parquet")
    build(source, here.register, here.plan(canaries=3))
    with served(tmp_path / "state", lends=True) as custodian:
        cluster = Cluster(endpoint.remote, str(custodian.path), 1000)
        made = build(source, there.register, there.plan(canaries=3, cluster=cluster))
        assert {event for event, _ in custodian.logged} == {"lent"}
    assert made.counts.rejected_rows > 0
    found, expected = files_of(there), files_of(here)
    assert found == expected
    assert any(name.endswith("whole.pages") for name in found)


def test_a_build_whose_spark_is_killed_publishes_nothing_and_goes_on(
    mortal: Endpoint, offices: tuple[Office, Office], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    here, there = offices
    monkeypatch.setattr(pools, "_TRIES", 1)
    for each in offices:
        each.build()  # the snapshot that has to stay current
    here.build(town(), canaries=3)
    before = files_of(there)
    steps_taken: list[str] = []

    def kill(_done: int, _total: int | None, phase: str) -> None:
        steps_taken.append(phase)
        if phase == "marks":
            mortal.kill()

    with served(tmp_path / "state", lends=True) as custodian:
        cluster = Cluster(mortal.remote, str(custodian.path), 1000)
        with pytest.raises(CounterfoilError) as caught:
            there.build(town(), canaries=3, cluster=cluster, progress=kill)
        assert caught.value.code == "spark_failed"
        left = {name: data for name, data in files_of(there).items() if ".building" not in name}
        assert left == before
        kept = {
            path.name: path.read_bytes()
            for path in (there.register / ".building").iterdir()
            if path.is_file()
        }
        assert "done-load-rows-0" in kept and not any(b"VARGA" in data for data in kept.values())
        mortal.start()
        called: list[str] = []
        each = pools.SparkPool.each

        def noted(pool: Any, method: str, calls: Any, first: int = 0) -> Any:
            given = list(calls)
            called.extend([method] * len(given))
            return each(pool, method, given, first)

        monkeypatch.setattr(pools.SparkPool, "each", noted)
        there.build(town(), canaries=3, cluster=cluster)
        assert {"tolerant", "exact"} <= set(called) and not {"load", "merge"} & set(called)
    assert files_of(there) == files_of(here)


def with_spark(world: World, remote: str) -> None:
    settings = world.path / "office.toml"
    text = re.sub(r"(?m)^spark = .*$\n?", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f'{text}spark = "{remote}"\n', encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


def answer(world: World, rows: list[Any], determine: Callable[[str], object]) -> bytes:
    batch = world.receive(world.requests(rows))
    determine(batch)
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    return (world.directory / "answers.jsonl").read_bytes()


def small_chunks(world: World) -> None:
    """An office whose batches have several chunks."""
    settings = world.path / "office.toml"
    text = re.sub(r"(?m)^chunk_rows = .*$", "chunk_rows = 3", settings.read_text(encoding="utf-8"))
    settings.write_text(text, encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


def spark(world: World, watch: Any = None) -> Callable[[str], object]:
    return lambda batch: client.determine(world.office, batch, watch, "spark")


_OF_SETTINGS = frozenset({"settings", "state", "accounting"})
"""The setting `spark` is entered, and the accounting names entries by their numbers."""


def said(world: World) -> list[dict[str, object]]:
    """The ledger but for what it says of the order of commits."""
    return [entry for entry in world.entries() if entry["kind"] not in _OF_SETTINGS]


@pytest.fixture
def twins(
    world: World, world_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    other = World(tmp_path_factory.mktemp("twin"), template=world_template)
    for each in (world, other):
        small_chunks(each)
    yield world, other
    other.office.store.close()


def test_p7_a_batch_that_spark_decides_has_the_same_answers_entries_and_openings(
    endpoint: Endpoint, twins: tuple[World, World]
) -> None:
    here, there = twins
    expected = answer(here, list(REQUESTS), lambda batch: client.determine(here.office, batch))
    with elsewhere(there) as custodian:
        with_spark(there, endpoint.remote)
        assert answer(there, list(REQUESTS), spark(there)) == expected
        assert there.office.custodian().total() == here.office.custodian().total() > 0
        assert said(there) == said(here)
        assert custodian.logged == []  # nothing was lent


def test_the_days_limit_holds_over_chunks_that_are_sent_together(
    endpoint: Endpoint, twins: tuple[World, World], tmp_path: Path
) -> None:
    here, there = twins
    rows: list[list[str]] = []
    for world, determine in ((here, client.determine), (there, None)):
        (tmp_path / world.path.parent.name).mkdir(exist_ok=True)
        with elsewhere(world, limit=5):
            with_spark(world, endpoint.remote)
            run = spark(world) if determine is None else lambda b: client.determine(here.office, b)
            found = answer(world, list(REQUESTS), run).decode().splitlines()
            rows.append(found)
            assert world.office.custodian().remaining() == 0
    assert rows[0] == rows[1]
    assert sum("not_compared" in row for row in rows[0]) > 1


def test_a_batch_whose_spark_is_killed_loses_nothing_and_goes_on(
    mortal: Endpoint, twins: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = twins
    monkeypatch.setattr(pools, "WINDOW_CALLS", 1)
    monkeypatch.setattr(pools, "_TRIES", 1)
    expected = answer(here, list(REQUESTS), lambda batch: client.determine(here.office, batch))

    def stopped(batch: str) -> None:
        with pytest.raises(CounterfoilError) as caught:
            spark(there, lambda _: mortal.kill())(batch)
        assert caught.value.code == "spark_failed"
        mortal.start()
        spark(there)(batch)

    with elsewhere(there):
        with_spark(there, mortal.remote)
        assert answer(there, list(REQUESTS), stopped) == expected
        entered = [
            [(entry["kind"], entry.get("rows")) for entry in said(each)] for each in (there, here)
        ]
        assert entered[0] == entered[1]
        assert there.office.custodian().total() >= here.office.custodian().total()


def test_an_office_without_a_custodian_of_its_own_process_uses_no_spark(world: World) -> None:
    batch = world.receive(world.requests())
    for remote, code in (("", "spark_settings"), ("sc://127.0.0.1:1", "spark_custodian")):
        with_spark(world, remote)
        with pytest.raises(CounterfoilError) as caught:
            spark(world)(batch)
        assert caught.value.code == code
        command = BuildRegister(world.directory / "people.csv", made_up=True, engine="spark")
        with pytest.raises(CounterfoilError) as caught:
            finish(build_register(world.office, SERVICE, command), watcher(lambda *_: None))
        assert caught.value.code == code


def test_no_plan_or_task_that_is_sent_holds_a_key(
    endpoint: Endpoint, offices: tuple[Office, Office], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sent, connect = list[bytes](), pools._connect

    def recorded(remote: str) -> Any:
        session = connect(remote)
        really = session.client._stub

        class Stub:
            def __getattr__(self, name: str) -> Any:
                def call(request: Any, *given: Any, **named: Any) -> Any:
                    requests = [request] if hasattr(request, "SerializeToString") else list(request)
                    sent.extend(each.SerializeToString() for each in requests)
                    first = request if hasattr(request, "SerializeToString") else iter(requests)
                    return getattr(really, name)(first, *given, **named)

                return call

        session.client._stub = Stub()
        session.conf.set("spark.connect.session.planCompression.threshold", "-1")
        return session

    monkeypatch.setattr(pools, "_connect", recorded)
    made, build_key = list[bytes](), KeyCustodian.build_key

    def noted(custodian: KeyCustodian, salt: bytes) -> bytes:
        made.append(build_key(custodian, salt))
        return made[-1]

    monkeypatch.setattr(KeyCustodian, "build_key", noted)
    _, there = offices
    with served(tmp_path / "state", lends=True) as custodian:
        cluster = Cluster(endpoint.remote, str(custodian.path), 1000)
        there.build(town(40), canaries=2, cluster=cluster)
    key, seen = there.custodian(), b"".join(sent)
    assert str(custodian.path).encode() in seen and b"run_calls" in seen
    for secret in (SECRET, SECRET[:32], SECRET[32:], key.names_salt().encode(), *made):
        assert secret not in seen and secret.hex().encode() not in seen
    assert made and b"Varga" not in seen and b"Alder" not in seen and b"ALDER" not in seen
