"""The YAML of a law file: read as PyYAML reads it, and refused in time where it is a bomb."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from counterfoil.core import bounded_yaml
from counterfoil.core.bounded_yaml import MAX_DEPTH
from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.schema import MAX_LAW_BYTES, read_law_file

SECONDS = 60.0  # of processor time, with coverage and on a slow machine: a bomb takes hours
BOUNDS, MALFORMED = "law_bounds", "law_yaml"


def read_yaml(text: str) -> Any:
    return bounded_yaml.read_yaml(text, "law/a.yaml")


BOMBS = {
    "brackets": "[" * 200_000,
    "braces": "{a: " * 100_000,
    "brackets that close": "[" * 200_000 + "]" * 200_000,
    "dashes": "- " * 200_000,
    "keys": "? " * 200_000,
    "indentation": "".join(f"{' ' * depth}a:\n" for depth in range(1_000)),
    "aliases of aliases": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)),
    "a chain of aliases": "a0: &a0 [x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5_000)),
    "mappings of aliases": "a0: &a0 {x: y}\n"
    + "".join(f"a{n}: &a{n} {{b: *a{n - 1}, c: *a{n - 1}}}\n" for n in range(1, 40)),
    "many aliases": "a: &a x\nb: [" + "*a, " * 2_000 + "]",
    "aliases of a long text": f"a: &a {'x' * 10_000}\nb: [{'*a, ' * 900}]",
    "aliases of a list of long texts": f"a: &a [{'x' * 10_000}, y]\nb: [{'*a, ' * 900}]",
    "long texts as keys": f"a: &a {'x' * 10_000}\nb: [{'{*a : y}, ' * 900}]",
    "many values": "[" + "x, " * 300_000 + "]",
    "many empty lists": "[" + "[], " * 250_000 + "]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_seconds(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(SettingsFault) as raised:
        read_yaml(BOMBS[name])
    assert raised.value.code == BOUNDS
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: *nowhere",
        "a: &x 1\nb: &x 2",
        "a: 1\n---\nb: 2",
        "[a: {b]",
        "{[a, b]: c}",
        "? {a: b}\n: c",
        "a: &a [x]\n*a : b",
        "%YAML 9.9\n---\na: b\n...\n@",
        "a:\n\tb: c",
        "\x00",
    ],
)
def test_what_is_no_yaml_of_a_law_file_is_malformed(text: str) -> None:
    with pytest.raises(SettingsFault) as raised:
        read_yaml(text)
    assert raised.value.code == MALFORMED


def test_an_alias_repeats_what_it_names() -> None:
    assert read_yaml("a: &a {x: [1, no, null]}\nb: *a\n") == {
        "a": {"x": ["1", "no", None]},
        "b": {"x": ["1", "no", None]},
    }


def test_what_an_alias_repeats_counts_as_deep_as_it_is() -> None:
    deep = "a: &a " + "[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1)
    assert read_yaml(deep)
    with pytest.raises(SettingsFault) as raised:
        read_yaml(f"{deep}\nb: [[*a]]")
    assert raised.value.code == BOUNDS


_LEAVES = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcxyz", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(_VALUES)
@example("a\x85b")  # a line break of YAML 1.1, which PyYAML writes as it is and reads as a blank
def test_whatever_is_written_is_read_again(value: Any) -> None:
    assert read_yaml(bounded_yaml.write_yaml({"a": value})) == {"a": value}
    assert read_yaml(yaml.safe_dump({"a": value}, default_flow_style=True)) == {"a": value}


@given(st.text("[]{}&*ab:,-? \n", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_yaml(text)
    except SettingsFault as fault:
        assert fault.code in {"law_yaml", "law_bounds", "law_duplicate_key"}
    else:
        assert found is None or isinstance(found, str | list | dict)


@given(st.integers(1, 400), st.sampled_from(["[", "{a: ", "- ", "? ", "[&x", "[*x, "]))
def test_no_depth_ends_the_process(depth: int, opening: str) -> None:
    try:
        read_yaml(opening * depth)
    except SettingsFault as fault:
        assert fault.code in {BOUNDS, MALFORMED}


def test_an_agreement_of_brackets_or_of_a_gigabyte_is_refused_in_little_memory(
    tmp_path: Path,
) -> None:
    brackets, long = tmp_path / "brackets.yaml", tmp_path / "long.yaml"
    brackets.write_text("a: " + "[" * 200_000)
    with long.open("wb") as file:
        file.truncate(1 << 32)
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from counterfoil.core.errors import SettingsFault\n"
        "from counterfoil.gate.law.agreement import Agreement\n"
        "from counterfoil.gate.law.schema import read_law_file\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        read_law_file(Path(path), Agreement)\n"
        "    except SettingsFault as fault:\n"
        "        print(fault.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(brackets), str(long)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["law_bounds", "law_too_long"])


def test_the_longest_file_is_named_with_its_place_and_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_bytes(b"#" * (MAX_LAW_BYTES + 1))
    with pytest.raises(SettingsFault) as raised:
        read_law_file(path, Agreement)
    assert raised.value.code == "law_too_long"
    assert raised.value.cure
    assert raised.value.place == f"{tmp_path.name}/agreement.yaml"
