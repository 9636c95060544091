"""Run attacks against the tree that PYTHONPATH names first, and print their outcomes as JSON lines:
`python -m scripts.attacks.child [--only NAME ...]`.

    {"attack": "gate-1/leet", "verdict": "stopped", "detail": "person_asked_often"}

Each group runs in a process of its own, so that one that ends, hangs or fills memory breaks its own
attacks alone. What a program derives of its passphrases, slowly on purpose, is derived once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from cryptography.hazmat.primitives.kdf import scrypt

from scripts.attacks.attack import BROKEN, Group, Outcome, outcomes
from scripts.attacks.registry import groups

MOST_SECONDS: Final = 900
"""What a group may take."""


@cache
def _derived(passphrase: bytes, parameters: tuple[tuple[str, Any], ...]) -> bytes:
    return _Scrypt(**dict(parameters)).derive(passphrase)


_Scrypt: Final = scrypt.Scrypt


class RememberedScrypt:
    """`Scrypt`, which derives each key once in this process."""

    def __init__(self, **parameters: Any) -> None:
        self._parameters = tuple(sorted(parameters.items()))

    def derive(self, key_material: bytes) -> bytes:
        """The key of this passphrase."""
        return _derived(key_material, self._parameters)


def run_group(group: Group, folder: Path, most_seconds: int = MOST_SECONDS) -> dict[str, Outcome]:
    """The outcomes of a group by id, run in a process of its own. Broken is what it did not say."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _say_outcomes(group, folder, writing, most_seconds)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    try:
        read = {name: Outcome(*each) for name, each in json.loads(said).items()}
    except ValueError:
        ended = os.waitstatus_to_exitcode(status)
        why = "it took too long" if ended == -signal.SIGALRM else f"its process ended with {ended}"
        read = {}
    else:
        why = "no outcome"
    return {each.id: read.get(each.id, Outcome(BROKEN, why)) for each in group.attacks}


def _say_outcomes(group: Group, folder: Path, writing: int, most_seconds: int) -> NoReturn:
    """The child's part: run the group, write its outcomes, and end whatever happens."""
    try:
        os.setpgid(0, 0)
        signal.alarm(most_seconds)
        found = outcomes(group, folder)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump({name: [each.verdict, each.detail] for name, each in found.items()}, pipe)
    finally:
        os._exit(0)


def main(only: list[str]) -> None:
    """Run what was chosen."""
    scrypt.Scrypt = RememberedScrypt  # type: ignore[misc,assignment]
    import counterfoil.cli.app

    sys.stderr.write(f"attacks on {Path(counterfoil.__file__).parents[2]}\n")
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        tempfile.tempdir = name
        for number, group in enumerate(groups(only)):
            folder, began = Path(name) / str(number), time.perf_counter()
            folder.mkdir()
            for attack, outcome in run_group(group, folder).items():
                said = {"attack": attack, "verdict": outcome.verdict, "detail": outcome.detail}
                sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            sys.stderr.write(f"{group.name}: {time.perf_counter() - began:.1f} s\n")
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main([each for each in sys.argv[1:] if each != "--only"])
