"""Write down what every pinned distribution requires: `python -m scripts.pin_metadata`.

`requirements/metadata.json` maps `name==version` to the requirements that the distribution itself
declares, extras and markers as they are written there. The house tests read it to see that each
pin file is complete, also where a set (of the accuracy bench, of the mutants) is not installed in
the tests' own environment. pip reads the metadata from the files whose hashes are pinned, and
installs nothing. What is pinned for another Python or another system only is left out.

`make pins` runs this last, so that the file cannot be older than the pins.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

PINS: Final = Path(__file__).parents[1] / "requirements"
METADATA: Final = PINS / "metadata.json"
INSTALLED_TOGETHER: Final[dict[str, tuple[str, ...]]] = {
    "runtime": ("runtime", "build"),
    "test": ("runtime", "build", "test"),
    "lint": ("runtime", "build", "test", "lint"),
    "pins": ("runtime", "build", "test", "pins"),
    "accuracy": ("accuracy",),
    "mutants": ("runtime", "test", "mutants"),
    "spark": ("runtime", "build", "test", "spark"),
    "fuzz": ("fuzz",),
}
"""The environments that are made, each with the pin files that are installed into it. `data.txt`
and `addresses.txt` are not among them: they fetch data, and nothing of theirs is run."""


def read_metadata(files: tuple[str, ...]) -> dict[str, list[str]]:
    """What the distributions of these pin files require, as pip reads it for this Python."""
    named = [part for file in files for part in ("-r", str(PINS / f"{file}.txt"))]
    options = ["--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "install", *options, "--report", "-", *named]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: list[dict[str, Any]] = [each["metadata"] for each in json.loads(done.stdout)["install"]]
    return {
        f"{canonicalize_name(each['name'])}=={each['version']}": sorted(
            each.get("requires_dist", [])
        )
        for each in found
    }


def main() -> None:
    """Write the file anew."""
    found: dict[str, list[str]] = {}
    for files in (
        ("runtime", "build", "test", "lint"),
        ("accuracy",),
        ("mutants",),
        ("fuzz",),
        ("spark",),
    ):
        found |= read_metadata(files)
    found |= read_metadata(("pins",))
    text = json.dumps(dict(sorted(found.items())), indent=1)
    METADATA.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
