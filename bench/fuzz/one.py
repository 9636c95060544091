"""One target under atheris: `python -m bench.fuzz.one TARGET SECONDS CORPUS`, in the environment
that has it."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports]

with atheris.instrument_imports(include=["counterfoil"]):
    from bench.fuzz.targets import TARGETS, run


def main(name: str, seconds: str, corpus: Path) -> None:
    """Fuzz until the time is over, or until something is raised that should not be."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    flags = [
        f"-max_total_time={seconds}",
        "-max_len=8192",
        f"-artifact_prefix={corpus}/finding-",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *flags], lambda data: run(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
