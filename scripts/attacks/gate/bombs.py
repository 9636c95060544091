"""gate-8: small files that take memory, time, or the process, before anything is refused.

Each is given to the command line in a process of its own, which may have 4 GiB of address space and
15 seconds of processor time. The attack succeeded where the process was ended by a signal, took
longer, or ended with a fault of the program (which is how an allocation that fails shows); it is
stopped where the file is refused with a code. A file that is taken like any other, within the
bounds, is `stopped by read`. The controls are honest files of the same kind under the same bounds.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from scripts.attacks import tree
from scripts.attacks.attack import (
    ANSWERED,
    DENIED,
    Attack,
    Group,
    NotRun,
    Outcome,
    stopped,
    succeeded,
)
from scripts.attacks.gate.spent import unsigned
from scripts.attacks.gate.windows import strangers
from scripts.attacks.office import FAULTS, Office, make_office
from scripts.attacks.people import crowd

MOST_SECONDS: Final = 15
"""Of processor time; on the clock a machine that does other work may take ten times as long."""
MOST_BYTES: Final = 4 << 30
_PROGRAM: Final = "from counterfoil.cli import main; main()"
_BRACKETS: Final = 200_000
_MILLIONS: Final = 2_000_000


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(arguments: Sequence[str | Path]) -> tuple[str, str]:
    """("code", code) of a refusal, ("read", "") of a file that was taken, ("bad", why)."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments), "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            preexec_fn=_bounded,
            capture_output=True,
            timeout=10 * MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "bad", f"took more than {10 * MOST_SECONDS} s"
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return "bad", f"took more than {MOST_SECONDS} s of processor time"
    if done.returncode < 0:
        return "bad", f"ended by signal {-done.returncode}"
    try:
        printed: Any = json.loads(done.stdout)
    except ValueError:
        return "bad", f"ended with {done.returncode}, and no code"
    error = printed.get("error", {}).get("code", "") if isinstance(printed, dict) else ""
    if error in FAULTS:
        return "bad", f"a fault of the program: {printed['error']['message']}"
    return ("code", error) if error else ("read", "")


def _outcome(found: tuple[str, str]) -> Outcome:
    kind, text = found
    return succeeded(text) if kind == "bad" else stopped(text or "read")


def _control(found: tuple[str, str]) -> Outcome:
    kind, text = found
    return Outcome(ANSWERED if kind == "read" else DENIED, text or "read")


# -- Parquet ---------------------------------------------------------------------------------


def _parquet(office: Office, changes: dict[str, Any], rows: int, **options: Any) -> Path:
    """A Parquet file of `rows` rows; `changes` are whole columns."""
    import pyarrow
    from pyarrow import parquet

    one = tree.fitted(strangers(1)[0])
    columns = {name: pyarrow.repeat(one[name], rows) for name in tree.columns()} | changes
    path = office.folder / "bomb.parquet"
    parquet.write_table(pyarrow.table(columns), path, compression="zstd", **options)
    return path


def _long(rows: int, length: int) -> Any:
    import pyarrow

    return pyarrow.repeat("x" * length, rows)


def _receive(office: Office, path: Path) -> tuple[str, str]:
    side = path.with_name(f"{path.name}.header.jws")
    if not side.is_file():
        office.sign(path)
    return _run(["receive", path, "--office", office.path])


def _parquet_attack(make: Callable[[Office], Path], office: Office) -> tuple[str, str]:
    """Signed as any program signs: the requester's own reading would end as the holder's does."""
    return _run(["receive", _signed_alone(office, make(office)), "--office", office.path])


def _signed_alone(office: Office, path: Path) -> Path:
    """Sign a file without reading it. Raises NotRun where the tree has no such function."""
    import hashlib
    from datetime import UTC, datetime

    try:
        from counterfoil.core.values import Header
        from counterfoil.intake.header import make_signed_header
        from counterfoil.requester.keys import open_principal
    except ImportError as fault:
        raise NotRun(f"no function that signs: {fault.name}") from None
    key = open_principal(office.folder / "dhs-secretary.key", "made up")
    header = Header("dhs", "treasury-dhs-2025", "dhs-secretary", datetime.now(UTC).date())
    digest = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    signed = make_signed_header(header, digest, key.secret)
    path.with_name(f"{path.name}.header.jws").write_bytes(signed)
    return path


def _dictionary(office: Office) -> Path:
    """One long text in a dictionary, named by every row: a few kilobytes, gigabytes when read."""
    import pyarrow
    from pyarrow import parquet

    rows, text = 100_000, "x" * 100_000
    one = tree.fitted(strangers(1)[0])
    columns: dict[str, Any] = {name: pyarrow.repeat(one[name], rows) for name in tree.columns()}
    indices = pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), rows)
    columns["reason"] = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array([text]))
    path = office.folder / "bomb.parquet"
    parquet.write_table(pyarrow.table(columns), path, compression="zstd", use_dictionary=True)
    return path


def _list_column(office: Office) -> Path:
    import pyarrow

    texts = pyarrow.scalar(["x" * 1000] * 100)
    return _parquet(office, {"reason": pyarrow.repeat(texts, 1000)}, 1000)


PARQUET: Final[dict[str, tuple[str, bool, Callable[[Office], Path]]]] = {
    "parquet-dictionary": ("a text of 100 kB that 100,000 rows share", True, _dictionary),
    "parquet-rows": (
        "two million equal rows",
        False,
        lambda office: _parquet(office, {}, _MILLIONS, row_group_size=_MILLIONS),
    ),
    "parquet-groups": (
        "30,000 rows in row groups of ten",
        False,
        lambda office: _parquet(office, {}, 30_000, row_group_size=10),
    ),
    "parquet-cell": (
        "one cell of 500 MB",
        False,
        lambda office: _parquet(office, {"reason": _long(1, 500_000_000)}, 1),
    ),
    "parquet-list": ("a column of lists", False, _list_column),
    "parquet-metadata": (
        "a header of 200,000 brackets in the metadata",
        False,
        lambda office: _with_metadata(office, "[" * _BRACKETS),
    ),
    "parquet-metadata-long": (
        "a header of 300 MB in the metadata",
        False,
        lambda office: _with_metadata(office, " " * 300_000_000),
    ),
}


def _with_metadata(office: Office, text: str) -> Path:
    import pyarrow
    from pyarrow import parquet

    one = tree.fitted(strangers(1)[0])
    table = pyarrow.table({name: [one[name]] for name in tree.columns()})
    path = office.folder / "bomb.parquet"
    noted = table.replace_schema_metadata({b"counterfoil.header": text.encode()})
    parquet.write_table(noted, path, compression="zstd")
    return path


# -- YAML ------------------------------------------------------------------------------------


def _aliases(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]")
    return "\n".join(lines) + "\n"


def _merged(levels: int) -> str:
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: x" for n in range(9)) + "}"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}]}}")
    return "\n".join(lines) + "\n"


YAML: Final[dict[str, tuple[str, bool, Callable[[], str]]]] = {
    "yaml-aliases": ("nine aliases of nine, nine levels", True, lambda: _aliases(9, 9)),
    "yaml-brackets": ("200,000 brackets", True, lambda: "[" * _BRACKETS),
    "yaml-braces": ("200,000 braces", False, lambda: "{a: " * _BRACKETS),
    "yaml-dashes": ("20,000 dashes on a line", False, lambda: "- " * 20_000 + "x\n"),
    "yaml-merges": ("nine merged keys of nine, nine levels", False, lambda: _merged(9)),
    "yaml-aliases-deep": ("two aliases of two, forty levels", False, lambda: _aliases(40, 2)),
    "yaml-closed": ("20,000 brackets, closed again", False, lambda: "[" * 20_000 + "]" * 20_000),
    "yaml-anchors": ("a list that is its own member", False, lambda: "a: &a [*a, *a, *a, *a]\n"),
    "yaml-nodes": ("two million nodes", False, lambda: "a: [" + "x," * 2_000_000 + "]\n"),
    "yaml-number": ("a number of 200,000 digits", False, lambda: "a: " + "9" * 200_000 + "\n"),
    "yaml-long-text": (
        "900 aliases of a text of 900,000 letters",
        False,
        lambda: f"a: &a {'x' * 900_000}\nb: [{'*a, ' * 900}]\n",
    ),
    "yaml-long-texts": (
        "30 aliases of 30 of a text of 900,000 letters",
        False,
        lambda: f"a: &a {'x' * 900_000}\nb: &b [{'*a, ' * 30}]\nc: [{'*b, ' * 30}]\n",
    ),
    "yaml-sexagesimal": ("a number to the base 60", False, lambda: "a: " + "1:" * 50_000 + "1\n"),
}


def _yaml_attack(make: Callable[[], str], office: Office) -> tuple[str, str]:
    """The bomb behind the first lines of an agreement, as the other party would send it."""
    path = office.folder / "bomb.yaml"
    path.write_text(
        f"format: counterfoil-agreement-1\nid: bomb\nbomb:\n{_indented(make())}", "utf-8"
    )
    return _run(["agreement", "verify", path])


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


# -- JSON ------------------------------------------------------------------------------------


def _jsonl(office: Office, text: str) -> Path:
    path = office.folder / "bomb.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def _first_line(office: Office, text: str) -> tuple[str, str]:
    """The bomb as the first line of JSON lines, with an unsigned header inside."""
    return _run(["receive", _jsonl(office, text), "--office", office.path])


def _row(office: Office, reason: str) -> tuple[str, str]:
    """The bomb as a value of a row, in a signed file."""
    row = {**tree.fitted(strangers(1)[0]), "reason": ""}
    text = json.dumps(row).replace('"reason": ""', f'"reason": {reason}') + "\n"
    return _run(["receive", _signed_alone(office, _jsonl(office, text)), "--office", office.path])


def _states(office: Office, text: str) -> tuple[str, str]:
    """The bomb as what a document states, when the requester signs."""
    path, states = office.write(strangers(1)), office.folder / "states.json"
    states.write_text(text, encoding="utf-8")
    key = office.folder / "dhs-secretary.key"
    return _run(
        [
            "sign-request",
            path,
            "--requester",
            "dhs",
            "--agreement",
            "treasury-dhs-2025",
            "--principal",
            "dhs-secretary",
            "--key",
            key,
            "--key-passphrase-file",
            office.folder / "passphrase",
            "--document",
            path,
            "--states",
            states,
        ]
    )


def _header(office: Office, text: str) -> tuple[str, str]:
    path = unsigned(office, strangers(1))
    path.with_name(f"{path.name}.header.json").write_text(text, encoding="utf-8")
    return _run(["receive", path, "--office", office.path])


def _held(office: Office, text: str) -> tuple[str, str]:
    path = office.folder / "held.json"
    path.write_text(text, encoding="utf-8")
    keys = ["--officer", office.key("a"), "--second", office.key("b")]
    return _run(["hold", "add", "--person-file", path, *keys, "--office", office.path])


_DEEP: Final = "[" * _BRACKETS
_OBJECTS: Final = '{"a":' * _BRACKETS
JSON: Final[dict[str, tuple[str, bool, Callable[[Office], tuple[str, str]]]]] = {
    "json-brackets": ("200,000 brackets in the first line", False, lambda o: _first_line(o, _DEEP)),
    "json-objects": (
        "200,000 objects in the first line",
        False,
        lambda o: _first_line(o, _OBJECTS),
    ),
    "json-header": (
        "a header of 200,000 brackets in the first line",
        False,
        lambda o: _first_line(o, '{"header": ' + _DEEP + "]" * _BRACKETS + "}\n"),
    ),
    "json-row": ("a value of 200,000 brackets", False, lambda o: _row(o, _DEEP + "]" * _BRACKETS)),
    "json-line": (
        "a line of 300 MB",
        False,
        lambda o: _first_line(o, '{"request_id": "' + "x" * 300_000_000 + '"}\n'),
    ),
    "json-number": ("a number of 200,000 digits", False, lambda o: _row(o, "9" * _BRACKETS)),
    "json-side": ("a side file of 16,000 brackets", False, lambda o: _header(o, "[" * 16_000)),
    "json-states": ("a stated document of 200,000 brackets", False, lambda o: _states(o, _DEEP)),
    "json-held": ("a person's file of 200,000 brackets", False, lambda o: _held(o, _DEEP)),
}


def _in_office(
    name: str, run: Callable[[Office], tuple[str, str]], folder: Path
) -> dict[str, Outcome]:
    return {name: _outcome(run(make_office(folder, crowd(40))))}


def _honest(folder: Path) -> dict[str, Outcome]:
    office = make_office(folder, crowd(40))
    rows = strangers(3)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    agreed = office.folder / "agreed.yaml"
    agreed.write_bytes((office.folder / "agreement.yaml").read_bytes())
    for party, name in (("holder", "dhs-secretary"), ("requester", "dhs-inspector-general")):
        key = ["--key", office.folder / f"{name}.key"]
        secret = ["--key-passphrase-file", office.folder / "passphrase"]
        _run(["agreement", "sign", agreed, "--as", party, *key, *secret])
    return {
        "honest-parquet": _control(_receive(office, _parquet(office, {}, 1))),
        "honest-jsonl": _control(_receive(office, _jsonl(office, lines))),
        "honest-csv": _control(_receive(office, office.write(strangers(3, 50)))),
        "honest-yaml": _control(_run(["agreement", "verify", agreed])),
    }


def _groups() -> Iterator[Group]:
    every: list[tuple[str, str, bool, Callable[[Office], tuple[str, str]]]] = [
        *((n, w, seen, partial(_parquet_attack, f)) for n, (w, seen, f) in PARQUET.items()),
        *((n, w, seen, partial(_yaml_attack, f)) for n, (w, seen, f) in YAML.items()),
        *((n, w, seen, f) for n, (w, seen, f) in JSON.items()),
    ]
    for name, what, seen, run in every:
        attack = Attack("gate-8", name, what, seen)
        quick = name in {"yaml-brackets", "json-brackets"}
        yield Group(name, (attack,), partial(_in_office, name, run), quick)
    yield Group(
        "bombs-honest",
        (
            Attack("gate-8", "honest-parquet", "a Parquet file of one row", control=True),
            Attack("gate-8", "honest-jsonl", "JSON lines", control=True),
            Attack("gate-8", "honest-csv", "CSV", control=True),
            Attack("gate-8", "honest-yaml", "an agreement that both signed", control=True),
        ),
        _honest,
    )


GROUPS: Final = tuple(_groups())
