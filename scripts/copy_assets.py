"""Copies what the pages need of the US Web Design System: `python -m scripts.copy_assets`.

    assets/package.json, package-lock.json   what is fetched from npm, pinned by digest; the lock
                                             names no host, so that npm's own configuration says
                                             where from
    src/counterfoil/web/static/uswds/        where it is copied to: the compiled style, the fonts
                                             and pictures that the style names, the license.
                                             Ignored by git, shipped in the wheel

It needs Node's npm, once. Where that is missing the pages go on working with a plain look, and this
says so and ends with 0, so that `make demo` and `make test` go on; with `--required` it ends with
1. No script of the system is taken: the pages need none.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "assets"
PACKAGE: Final = FOLDER / "node_modules" / "@uswds" / "uswds"
TARGET: Final = ROOT / "src" / "counterfoil" / "web" / "static" / "uswds"
STYLE: Final = "css/uswds.min.css"
_NAMED: Final = re.compile(r"url\(\"?\.\./([A-Za-z0-9/_.-]+)\"?\)")


def main() -> int:
    """Fetch and copy."""
    npm = shutil.which("npm")
    if npm is None:
        return _without("npm is not installed (on Debian: apt-get install nodejs npm)")
    fetched = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=False)
    if fetched.returncode != 0:
        return _without("npm could not fetch assets/package-lock.json")
    copy(PACKAGE, TARGET)
    return 0


def copy(package: Path, target: Path) -> None:
    """Copy from an installed package to a folder, which is made anew."""
    beside = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    for name in [STYLE, *named(package / "dist" / STYLE)]:
        (beside / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / "dist" / name, beside / name)
    shutil.copyfile(package / "LICENSE.md", beside / "LICENSE.txt")
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)


def named(style: Path) -> Iterator[str]:
    """The files that a style names, from the folder above it; of fonts the newest form alone."""
    found = set(_NAMED.findall(style.read_text(encoding="utf-8")))
    yield from sorted(each for each in found if not each.endswith((".woff", ".ttf", "hero.jpg")))


def _without(why: str) -> int:
    sys.stderr.write(
        f"assets: {why}. The pages work with a plain look; `make assets` tries again.\n"
    )
    return int("--required" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
