"""The pin files are complete: pip, which installs them with `--no-deps`, needs nothing that is not
in them."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts.pin_metadata import INSTALLED_TOGETHER, METADATA, PINS

from tests.house.tree import ROOT

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
READ_FOR = "3.11"
"""The Python whose distributions metadata.json holds. Of the sets whose pins depend on the Python,
this one alone can be checked here; `pip check` sees the others when they are installed."""
ONE_FOR_EVERY_PYTHON = ("runtime", "test", "lint", "pins", "fuzz")
FETCHES_DATA = {"data", "addresses"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED: dict[str, list[str]] = json.loads(METADATA.read_text(encoding="utf-8"))


def _environment(python: str) -> dict[str, str]:
    """What markers are evaluated for: Linux and CPython of that version."""
    return {
        **{name: str(value) for name, value in default_environment().items()},
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "python_version": python,
        "python_full_version": f"{python}.7",
    }


def _applies(requirement: Requirement, environment: Mapping[str, str], extra: str = "") -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**environment, "extra": extra})


def _pinned(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Name and version of each distribution that these pin files install there."""
    found: dict[str, str] = {}
    for name in names:
        text = (PINS / f"{name}.txt").read_text(encoding="utf-8")
        for line in re.findall(r"^[A-Za-z].*", text, re.MULTILINE):
            requirement = Requirement(line.partition(" --hash")[0].rstrip("\\ "))
            if _applies(requirement, environment):
                [specifier] = requirement.specifier
                assert specifier.operator == "=="
                found[canonicalize_name(requirement.name)] = specifier.version
    return found


def lacking(
    asked: Iterable[str],
    pinned: Mapping[str, str],
    declared: Mapping[str, list[str]],
    environment: Mapping[str, str],
) -> list[str]:
    """The requirements that the pins do not meet: those asked for, those of every pinned
    distribution, and those of each extra that any of these names."""
    missing: list[str] = []
    seen: set[tuple[str, str]] = set()
    waiting = [("the project", Requirement(each)) for each in asked]
    waiting = [each for each in waiting if _applies(each[1], environment)]

    def enter(name: str, extra: str) -> None:
        if (name, extra) in seen:
            return
        seen.add((name, extra))
        for each in map(Requirement, declared[f"{name}=={pinned[name]}"]):
            if _applies(each, environment, extra):
                waiting.append((f"{name}[{extra}]" if extra else name, each))

    for name in pinned:
        enter(name, "")
    while waiting:
        by, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in pinned or not requirement.specifier.contains(pinned[name], prereleases=True):
            missing.append(f"{by}: {requirement}")
            continue
        for extra in requirement.extras:
            enter(name, canonicalize_name(extra))
    return sorted(set(missing))


def _asked(name: str) -> list[str]:
    """What the project itself asks of a set of pin files."""
    groups, project = PROJECT["dependency-groups"], PROJECT["project"]
    asked = {
        "runtime": [*project["dependencies"], *groups["build"]],
        "test": [*project["dependencies"], *groups["test"]],
        "lint": groups["lint"],
    }
    source = PINS / f"{name}.in"
    return asked[name] if name in asked else source.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", sorted(INSTALLED_TOGETHER))
def test_every_requirement_of_what_is_installed_together_is_pinned(name: str, python: str) -> None:
    if name not in ONE_FOR_EVERY_PYTHON:
        python = READ_FOR
    environment = _environment(python)
    pinned = _pinned(INSTALLED_TOGETHER[name], environment)
    assert lacking(_asked(name), pinned, DECLARED, environment) == []


def test_every_pin_file_is_of_a_set_that_is_checked() -> None:
    files = {path.stem for path in PINS.glob("*.txt")}
    assert files - FETCHES_DATA == {file for each in INSTALLED_TOGETHER.values() for file in each}


def test_no_two_files_that_are_installed_together_pin_different_versions() -> None:
    environment = _environment(READ_FOR)
    for files in INSTALLED_TOGETHER.values():
        each = [_pinned([file], environment) for file in files]
        together = _pinned(files, environment)
        assert [one for one in each if one.items() - together.items()] == []


def test_what_is_installed_here_requires_what_is_written_down() -> None:
    environment = _environment(READ_FOR)
    for name, version in _pinned(INSTALLED_TOGETHER["lint"], environment).items():
        here = importlib.metadata.distribution(name)
        assert here.version == version
        assert set(map(Requirement, here.requires or [])) == set(
            map(Requirement, DECLARED[f"{name}=={version}"])
        )


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [
        ({"plugin": "7.1", "meter": "7.9", "toml-reader": "2.0"}, []),
        ({"plugin": "7.1", "meter": "7.9"}, ['meter[toml]: toml-reader>=2; extra == "toml"']),
        ({"plugin": "7.1", "meter": "7.2", "toml-reader": "2.0"}, ["plugin: meter[toml]>=7.5"]),
        ({"plugin": "7.1"}, ["plugin: meter[toml]>=7.5"]),
        ({}, ["the project: plugin>=7"]),
    ],
    ids=["complete", "of an extra", "too old", "not pinned", "not there"],
)
def test_a_requirement_that_is_not_met_is_found(
    pinned: dict[str, str], expected: list[str]
) -> None:
    declared = {
        "plugin==7.1": ["meter[toml]>=7.5"],
        "meter==7.9": ['toml-reader>=2; extra == "toml"', 'old; python_version < "3.9"'],
        "meter==7.2": ['toml-reader>=2; extra == "toml"'],
        "toml-reader==2.0": [],
    }
    assert lacking(["plugin>=7"], pinned, declared, _environment("3.11")) == expected


INSTALLS = [
    ROOT / "Makefile",
    ROOT / "bench/accuracy/environment.py",
    ROOT / "bench/fuzz/__main__.py",
    ROOT / "docs/guides/engineer.md",
]


@pytest.mark.parametrize("path", INSTALLS, ids=lambda path: path.name)
def test_pip_resolves_nothing_and_what_it_installed_is_checked(path: Path) -> None:
    """Where pip may resolve, a release that is newer than a pin breaks the installation."""
    lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    installs = [at for at, line in enumerate(lines) if "--require-hashes" in line]
    assert installs
    for at in installs:
        assert "--no-deps" in lines[at]
        if "--target" not in lines[at]:  # data only, incomplete on purpose
            assert re.search(r"\bcheck\b|CHECK", "\n".join(lines[at + 1 : at + 3])), lines[at]
