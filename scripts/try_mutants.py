"""Try the mutants that mutmut made, each in a fork of one process: `python -m scripts.try_mutants
[PATTERN... | --sample NUMBER]`.

mutmut starts pytest anew for each mutant, which costs more than the tests. Here the tests are
collected once; a fork switches one mutant on, runs the tests that reach it
(mutants/mutmut-stats.json), nearest first, and ends with the first that fails. Results stand where
mutmut keeps its own: FILE.meta, 1 for killed, 0 for not, 33 where no test reaches it, -24 where the
tests ran out of time.

Tried are the mutants that have no result; with PATTERNs, those of a matching name that are not
killed; with `--sample NUMBER`, so many of all, drawn alike for ever, the results of all others
being forgotten.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pytest

MUTANTS: Final = Path(__file__).parents[1] / "mutants"
FORKS: Final = 2
_LEAST_SECONDS: Final = 60
_MOST_SECONDS: Final = 10
"""Of the tests that reach a mutant, nearest and quickest first, so much is tried, as mutmut
measured it: what lives on counts as alive."""
_NO_TESTS: Final = 33
_SEED: Final = 2026
_BROKEN: Final = 35
"""This script itself failed in a fork: counted as not noticed."""


class Results:
    """The .meta files of all mutated files: what is known of each mutant."""

    def __init__(self) -> None:
        self._files = {
            path: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(Path("src").rglob("*.py.meta"))
        }

    def wanted(self, patterns: list[str]) -> list[str]:
        """The mutants to try."""
        codes = {
            name: code
            for held in self._files.values()
            for name, code in held["exit_code_by_key"].items()
        }
        if not patterns:
            return [name for name, code in codes.items() if code is None]
        return [
            name
            for pattern in patterns
            for name, code in codes.items()
            if code != 1 and fnmatch(name, pattern)
        ]

    def sample(self, size: int) -> list[str]:
        """So many mutants, drawn by chance and alike for ever; all others lose their results."""
        names = [name for held in self._files.values() for name in held["exit_code_by_key"]]
        random.Random(_SEED).shuffle(names)  # noqa: S311
        drawn = names[:size]
        for path, held in self._files.items():
            codes = held["exit_code_by_key"]
            held["exit_code_by_key"] = {
                name: code if name in drawn else None for name, code in codes.items()
            }
            path.write_text(json.dumps(held, indent=4), encoding="utf-8")
        return [name for name in drawn if self._code(name) is None]

    def _code(self, name: str) -> int | None:
        return next(
            held["exit_code_by_key"][name]
            for held in self._files.values()
            if name in held["exit_code_by_key"]
        )

    def keep(self, name: str, code: int) -> None:
        """Write one result."""
        for path, held in self._files.items():
            if name in held["exit_code_by_key"]:
                held["exit_code_by_key"][name] = code
                beside = path.with_suffix(".new")
                beside.write_text(json.dumps(held, indent=4), encoding="utf-8")
                beside.replace(path)


class Trial:
    """A pytest plugin: instead of running what was collected once, it runs it once for each mutant,
    in forks."""

    def __init__(self, patterns: list[str]) -> None:
        self._results = Results()
        is_sample = patterns[:1] == ["--sample"]
        self._wanted = (
            self._results.sample(int(patterns[1])) if is_sample else self._results.wanted(patterns)
        )
        stats = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))
        self._reach, self._seconds = (
            stats["tests_by_mangled_function_name"],
            stats["duration_by_test"],
        )
        self._running: dict[int, tuple[str, str]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant that is wanted."""
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        for number, name in enumerate(self._wanted, 1):
            tests = [
                items[test]
                for test in self._reach.get(name.rpartition("__mutmut_")[0], ())
                if test in items
            ]
            if not tests:
                self._results.keep(name, _NO_TESTS)
                continue
            if len(self._running) == FORKS:
                self._wait()
            sys.stdout.write(f"{number} of {len(self._wanted)}: {name}\n")
            sys.stdout.flush()
            self._start(name, tests)
        while self._running:
            self._wait()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """In a fork: one failure kills the mutant."""
        if report.failed:
            os._exit(1)

    def _start(self, name: str, tests: list[pytest.Item]) -> None:
        folder = tempfile.mkdtemp(prefix="counterfoil-mutant-")
        seconds = _LEAST_SECONDS + int(4 * sum(self._seconds.get(item.nodeid, 0) for item in tests))
        child = os.fork()
        if child:
            self._running[child] = name, folder
            return
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.environ["MUTANT_UNDER_TEST"] = name
            _run(tests, name, folder, self._seconds)
        finally:
            os._exit(_BROKEN)

    def _wait(self) -> None:
        child, status = os.wait()
        name, folder = self._running.pop(child)
        self._results.keep(name, os.waitstatus_to_exitcode(status))
        shutil.rmtree(folder, ignore_errors=True)


def _run(tests: list[pytest.Item], name: str, folder: str, seconds: dict[str, float]) -> None:
    """Run the tests in a fork; leave it with 0 where none failed."""
    module = name.rpartition(".")[0]
    texts = {path: path.read_text(encoding="utf-8") for path in {item.path for item in tests}}

    def far(item: pytest.Item) -> tuple[bool, float]:
        many = hasattr(getattr(item, "obj", None), "hypothesis")
        return many or f"from {module} import" not in texts[item.path], seconds.get(item.nodeid, 0)

    ordered: list[Any] = sorted(tests, key=far)
    tests[0].config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]  # one folder a fork
    spent = accumulate(seconds.get(item.nodeid, 0) for item in ordered)
    ordered = [
        item for item, so_far in zip(ordered, spent, strict=True) if so_far <= _MOST_SECONDS
    ] or ordered[:1]
    for item, following in zip(ordered, [*ordered[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    os._exit(0)


def _arguments() -> Iterator[str]:
    yield from (
        "--rootdir=.",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "--hypothesis-profile=mutants",
        "-m",
        "not whole",
        "tests/gate",
    )


def main() -> None:
    """Try all mutants without a result, or those of the patterns."""
    os.chdir(MUTANTS)
    sys.path[:0] = [str(MUTANTS / "src"), str(MUTANTS)]
    raise SystemExit(pytest.main(list(_arguments()), plugins=[Trial(sys.argv[1:])]))


if __name__ == "__main__":
    main()
