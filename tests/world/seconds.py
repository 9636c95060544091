"""Where the time of the tests goes: recorded by file, as shares of the whole, and used to start
the longest files first.

    pytest --record-seconds FILE ...           records a run
    python -m tests.world.seconds FILE         prints each room's share beside its budget; 1 where
                                               one takes more than twice its budget

`tests/seconds.json` maps each test file to its share of the processor's time, in thousandths: the
time of the test's process and of the processes that it started and waited for. It holds shares and
not seconds because no two machines take the same time; and processor time because a busy neighbor
does not change it. What a test only waits for (a sleep) is not in it. The house tests hold what
was recorded to the budgets here; `tests/run` names what a run took more of, and fails at twice it; `RECORD=tests/seconds.json make test` keeps what it recorded.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.world import warm

BUDGETS = {
    "accountability": 200,
    "answers": 35,
    "api": 45,
    "batches": 35,
    "bench": 70,
    "certification": 110,
    "cli": 220,
    "controls": 160,
    "core": 70,
    "crash": 135,
    "database": 50,
    "demo": 120,
    "disclosure": 130,
    "envelopes": 30,
    "exchange": 30,
    "gate": 220,
    "intake": 80,
    "journeys": 270,
    "ledger": 70,
    "matching": 90,
    "normalize": 90,
    "office": 30,
    "register": 70,
    "service": 30,
    "requester": 30,
    "tlog": 70,
    "web": 120,
}
"""The largest share of each room's tests in thousandths: half as much again as it was when the
budget was set, and twenty. A room that needs more is made faster, or its budget is raised with a
reason in the commit."""
MARGIN = 2
"""How many times its budget a room may take in one run on any machine before that run fails. The
same tests took 36 thousandths for `certification` on one machine of two cores and 81 on another."""

TESTS = Path(__file__).parents[1]
RECORDED = TESTS / "seconds.json"
_SPENT = "processor_seconds"
_begun = pytest.StashKey[float]()


def spent() -> float:
    """Seconds of processor time of this process, of its children and of the programs that it began
    warm, as far as they have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system + warm.SPENT[0]


def shares(seconds: dict[str, float]) -> dict[str, float]:
    """Of each file's seconds the share of the whole, in thousandths, the largest first."""
    whole = sum(seconds.values()) or 1.0
    ordered = sorted(seconds.items(), key=lambda each: (-each[1], each[0]))
    return {name: round(1000 * each / whole, 1) for name, each in ordered}


def by_room(recorded: dict[str, float]) -> dict[str, float]:
    """The shares of `tests/<room>`, in thousandths."""
    found: Counter[str] = Counter()
    for name, share in recorded.items():
        found[name.split("/")[0]] += share  # type: ignore[assignment]
    return dict(found)


def read_recorded(path: Path = RECORDED) -> dict[str, float]:
    """The shares that were recorded last."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def over_budget(recorded: dict[str, float], margin: int = 1) -> dict[str, float]:
    """The rooms whose tests take more than `margin` times their share, with what they take."""
    return {
        room: share
        for room, share in by_room(recorded).items()
        if share > margin * BUDGETS.get(room, 0)
    }


class Recorder:
    """Measures each test where it runs, and adds up where the run is led from."""

    def __init__(self, out: Path | None) -> None:
        self.out = out
        self.seconds: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        item.stash[_begun] = spent()
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "teardown" and _begun in item.stash:
            report.user_properties.append((_SPENT, spent() - item.stash[_begun]))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("::")[0].removeprefix("tests/")
        self.seconds[name] += sum(  # type: ignore[assignment]
            value for key, value in report.user_properties if key == _SPENT
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.out is not None and not hasattr(session.config, "workerinput"):
            text = json.dumps(shares(dict(self.seconds)), indent=0)
            self.out.write_text(text + "\n", encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-seconds", type=Path, metavar="FILE", help="record shares by file")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder(config.getoption("--record-seconds")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that took longest come first, each file's tests together in their order: then no
    worker begins a long file when the others have finished. New files come before all others."""
    recorded: dict[str, Any] = read_recorded()

    def place(item: pytest.Item) -> tuple[float, str]:
        name = item.nodeid.partition("::")[0].removeprefix("tests/")
        return (-recorded.get(name, 1000.0), name)

    items.sort(key=place)


if __name__ == "__main__":
    _found = read_recorded(Path(sys.argv[1]))
    for _room, _share in sorted(by_room(_found).items(), key=lambda each: -each[1]):
        print(f"{_room:16} {_share:6.1f} of {BUDGETS.get(_room, 0):4} thousandths of the time")
    if _over := over_budget(_found):
        print(f"== over budget in this run: {', '.join(_over)}")
    sys.exit(bool(over_budget(_found, MARGIN)))
