"""What is sent to Spark, and what comes back: sealed, each answer at its place; faults keep their codes.

Spark itself is played by `Here`, which runs what `mapInArrow` is given in this process.
"""

from __future__ import annotations

import pickle
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from counterfoil.core import errors
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    KeyFault,
    SettingsFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.pages import code_digest as code_digests
from counterfoil.register.spark import pool as pools
from counterfoil.register.spark import tasks
from counterfoil.register.spark.pool import Cluster, check_remote, spark_pool
from tests.register.conftest import SECRET
from tests.register.custody.serving import Served, served

PRIVATE = "Rosalind Achterberg 900-00-1234"


class Here:
    """A session of Spark, as far as a pool uses it. `change` is given the answers."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.frames = 0
        self.change: Callable[[dict[int, bytes]], dict[int, bytes]] = lambda answers: answers

    def createDataFrame(self, table: pa.Table) -> Here:
        self.table, self.frames = table, self.frames + 1
        self.sent += table.column("call").to_pylist()
        return self

    def repartition(self, _parts: int) -> Here:
        return self

    def mapInArrow(self, run: Callable[[Iterator[Any]], Iterator[Any]], schema: str) -> Here:
        assert schema == tasks.ANSWERS
        self.sent.append(pickle.dumps(run))
        self.found = pa.Table.from_batches(run(iter(self.table.to_batches())))
        return self

    def toArrow(self) -> pa.Table:
        columns = (column.to_pylist() for column in self.found.columns)
        answers = self.change(dict(zip(*columns, strict=True)))
        self.sent += answers.values()
        values = pa.array(list(answers.values()), pa.binary())
        return pa.table({"number": list(answers), "answer": values})

    def interruptAll(self) -> None:
        pass

    stop = interruptAll


class Worker:
    """What the tests have done for them."""

    def __init__(self, custodian: KeyCustodian, word: str) -> None:
        self._custodian, self._word = custodian, word

    def tell(self, said: str) -> str:
        return f"{self._word} {said}"

    def refuse(self, kind: str = "VerifyFault") -> None:
        raise getattr(errors, kind)("batch_moved", "it moved", place="b-1", cure="Begin again.")

    def break_off(self, said: str) -> None:
        raise ValueError(said)

    def count(self, openings: int) -> None:
        self._custodian.reserve(openings)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    made = Here()
    monkeypatch.setattr(pools, "_connect", lambda _: made)
    return made


@pytest.fixture
def custodian(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "state", lends=True, limit=5) as made:
        yield made


def cluster(custodian: Served) -> Cluster:
    return Cluster("sc://spark.example.gov:15002", str(custodian.path), 1000)


def ask(custodian: Served, method: str, *calls: tuple[Any, ...], word: str = PRIVATE) -> list[Any]:
    key = KeyCustodian(SECRET, Path("none"), 0, None)  # type: ignore[arg-type]
    with spark_pool(cluster(custodian), key, Worker, word) as pool:
        return list(pool.each(method, calls))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as caught:
        call()
    assert PRIVATE not in str(caught.value)
    return caught.value.code


def test_answers_come_in_the_order_of_the_calls_over_several_windows(
    here: Here, custodian: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "WINDOW_CALLS", 3)
    here.change = lambda answers: dict(reversed(answers.items()))
    assert ask(custodian, "tell", *[(str(n),) for n in range(8)], word="no") == [
        f"no {n}" for n in range(8)
    ]
    assert here.frames == 3
    monkeypatch.setattr(pools, "WINDOW_BYTES", 1)
    assert len(ask(custodian, "tell", ("a",), ("b",))) == 2
    assert here.frames == 5


def test_nothing_that_spark_sees_holds_a_key_or_a_value(here: Here, custodian: Served) -> None:
    assert ask(custodian, "tell", ("900-00-5678",)) == [f"{PRIVATE} 900-00-5678"]
    seen = b"".join(here.sent)
    key = KeyCustodian(SECRET, Path("none"), 0, None)  # type: ignore[arg-type]
    for secret in (SECRET, SECRET[:32], SECRET[32:], key.names_salt().encode()):
        for said in (secret, secret.hex().encode(), pickle.dumps(secret)[12:-4]):
            assert said not in seen
    for text in (*PRIVATE.split(), "900-00-5678"):
        assert text.encode() not in seen
    assert str(custodian.path).encode() in seen  # so the job itself was looked at


def test_a_fault_keeps_its_code_and_a_bug_shows_no_value(here: Here, custodian: Served) -> None:
    assert code_of(lambda: ask(custodian, "refuse", ())) == "batch_moved"
    for kind in (InputFault, KeyFault, SettingsFault, StateFault, StoreFault, UsageFault):
        with pytest.raises(kind):
            ask(custodian, "refuse", (kind.__name__,))
    assert code_of(lambda: ask(custodian, "break_off", (PRIVATE,))) == "spark_worker"
    assert PRIVATE.split()[1].encode() not in b"".join(here.sent)
    assert code_of(lambda: ask(custodian, "count", (9,))) == "custodian_limit"


def test_a_worker_counts_through_the_custodian(here: Here, custodian: Served) -> None:
    ask(custodian, "count", (2,), (1,))
    state = custodian.channel().counted
    from counterfoil.register.custody.protocol import Left

    key = KeyCustodian(SECRET, Path("none"), 0, None)  # type: ignore[arg-type]
    assert state(Left(key.key_id, 1000)).total == 3
    assert custodian.logged == []  # nothing was lent


@pytest.mark.parametrize(
    "change",
    [
        lambda found: {0: found[1], 1: found[0]},
        lambda found: {0: found[0]},
        lambda found: found | {2: found[1]},
        lambda found: {0: found[0], 1: found[1][:-1] + bytes([found[1][-1] ^ 1])},
        lambda found: {0: found[0], 1: b"\x01"},
        lambda found: {0: found[0], 1: b"\x00nothing"},
        lambda found: {0: found[0], 1: None},
        lambda found: {0: found[0], 1: b"\x01" + pickle.dumps("yes")},
    ],
    ids=["exchanged", "lost", "one more", "altered", "cut", "no fault", "empty", "not sealed"],
)
def test_an_answer_that_was_not_sealed_for_its_place_is_refused(
    here: Here, custodian: Served, change: Any
) -> None:
    here.change = change
    assert code_of(lambda: ask(custodian, "tell", ("a",), ("b",))) == "spark_altered"


def test_a_worker_with_other_modules_or_a_job_of_another_key_does_nothing(
    here: Here, custodian: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "code_digest", lambda: "0" * 64)
    assert code_of(lambda: ask(custodian, "tell", ("a",))) == "spark_other_code"
    monkeypatch.undo()
    job = tasks.Job(str(custodian.path), "0" * 32, 1, b"salt", tasks.code_digest(), b"setup")
    table = pa.table({"number": [0], "call": [b"forged"]})
    [answer] = tasks.run_calls(iter(table.to_batches()), job)
    assert answer.column("answer").to_pylist()[0][:1] == b"\x00"


def test_a_worker_whose_table_of_names_is_another_has_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = tmp_path / "normalize" / "data"
    tables.mkdir(parents=True)
    (tmp_path / "names.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(tasks, "PACKAGE", tmp_path)
    monkeypatch.setattr(code_digests, "PACKAGE", tmp_path)
    seen: set[str] = set()
    for name in ("given_names.csv", "unicode.tsv"):
        for text in ("", "ana,anna\n"):
            (tables / name).write_text(text, encoding="utf-8")
            seen.add(tasks.code_digest.__wrapped__())
    assert len(seen) == 4


def test_a_custodian_that_is_down_is_named_by_its_code(here: Here, tmp_path: Path) -> None:
    gone = Served(tmp_path / "ask.sock")
    assert code_of(lambda: ask(gone, "tell", ("a",))) == "custodian_down"


def test_what_spark_says_of_a_job_that_failed_is_not_repeated(
    here: Here, custodian: Served
) -> None:
    def fail(_: object) -> Any:
        raise RuntimeError(PRIVATE)

    here.change = fail
    assert code_of(lambda: ask(custodian, "tell", ("a",))) == "spark_failed"


@pytest.mark.parametrize(
    "remote",
    ["", "sc://", "spark://host:7077", "sc://host", "sc://host:99999", "sc://host:1/;token=abc",
     "sc://user@host:1", "sc://host:1/;use_ssl=true;x", "sc://host:1\n"],
)  # fmt: skip
def test_p10_a_remote_that_cannot_be_used_refuses_and_takes_no_token(remote: str) -> None:
    with pytest.raises(CounterfoilError) as caught:
        check_remote(remote)
    assert caught.value.code == "spark_settings"


def test_remotes_that_are_used() -> None:
    assert check_remote("sc://spark.example.gov:15002/;use_ssl=true") == (
        "spark.example.gov",
        15002,
    )
    assert check_remote("sc://[::1]:15002") == ("::1", 15002)


def test_without_the_extra_the_fault_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(pools, "import_module", missing)
    with pytest.raises(CounterfoilError) as caught:
        pools._connect("sc://127.0.0.1:1")
    assert caught.value.code == "spark_extra_missing"
    assert "extra `spark`" in caught.value.cure


def test_an_endpoint_that_does_not_answer_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "import_module", lambda _: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CounterfoilError) as caught:
        pools._connect(f"sc://127.0.0.1:{port}")
    assert caught.value.code == "spark_unreachable"


def test_a_seal_opens_under_its_own_name_alone(custodian: Served) -> None:
    key = KeyCustodian(SECRET, Path("none"), 0, None)  # type: ignore[arg-type]
    seal = tasks.JobSeal(key, b"salt")
    sealed = seal.seal("call-1", ("tell", ()))
    assert seal.open("call-1", sealed) == ("tell", ())
    for other, name in ((seal, "call-2"), (tasks.JobSeal(key, b"other"), "call-1")):
        with pytest.raises(VerifyFault):
            other.open(name, sealed)
