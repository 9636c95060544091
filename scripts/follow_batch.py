"""Follow one batch through receive, determine, review and release: the files entered, in order.

    python -m scripts.follow_batch TREE [TREE]      each a checkout; prints one table a tree

In each tree the commands of the command line are run in one process on examples/tiny-agency, in a
sandbox made for it, and every call into a file of the package is seen, but for migrations. A file
counts where it is first entered in a step. Whoever reads them in that order changes rooms, and
climbs where the next file stands above the one before it: where it imports more, one upon another.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path

INSIDE = """
import json, sys
from pathlib import Path

tree, work = Path(sys.argv[1]), Path(sys.argv[2])
package = str(tree / "src" / "counterfoil") + "/"
from counterfoil.cli.app import run

office = str(work / "office")
example = tree / "examples" / "tiny-agency"
def quiet(*words):
    assert run([*map(str, words)]) in (0, 3), words
sys.stdout = open(work / "out", "w", encoding="utf-8")
quiet("office", "create", office, "--sandbox")
quiet("register", "build", example / "people.csv", "--office", office, "--made-up", "--quiet")

def followed(*words):
    order = {}
    def see(frame, event, argument):
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(package) or "/migrations/" in name:
            return
        order.setdefault(name.removeprefix(package))
    sys.setprofile(see)
    try:
        quiet(*words)
    finally:
        sys.setprofile(None)
    return list(order)

steps = {"receive": followed("receive", example / "requests.csv", "--office", office, "--quiet")}
sys.stdout.flush()
batch = (work / "out").read_text(encoding="utf-8").split()[-1]
key = lambda letter: str(work / "office" / "keys" / f"officer-{letter}.key")
steps["determine"] = followed("determine", batch, "--office", office, "--quiet")
steps["review"] = followed("review", batch, "--office", office, "--officer", key("a"), "--quiet")
out = work / "a.jsonl"
steps["release"] = followed(
    "release", batch, "--office", office, "--officer", key("b"), "--out", out, "--quiet"
)
(work / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
"""


def follow(tree: Path) -> dict[str, list[str]]:
    """The files that each step of one batch enters in this tree, in order of first entry."""
    with tempfile.TemporaryDirectory() as work:
        environment = os.environ | {"PYTHONPATH": str(tree / "src")}
        command = [sys.executable, "-c", INSIDE, str(tree.resolve()), work]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
        found: dict[str, list[str]] = json.loads((Path(work) / "steps.json").read_text("utf-8"))
        return found


def heights(package: Path) -> dict[str, int]:
    """How high each file stands: one more than the highest file of the package that it imports."""
    files = {_module(path, package): path for path in package.rglob("*.py")}
    names = {module: str(path.relative_to(package)) for module, path in files.items()}

    @cache
    def height(module: str) -> int:
        return 1 + max((height(each) for each in _imports(files[module], files, module)), default=0)

    return {names[module]: height(module) for module in files if "migrations" not in module}


def _module(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, files: dict[str, Path], own: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("counterfoil"):
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                found.add(whole if whole in files else str(node.module))
    return {
        each for each in found if each in files and each != own and not own.startswith(f"{each}.")
    }


def room(file: str) -> str:
    """The room of a file: its first folder, or the module at the root."""
    return file.split("/", 1)[0].removesuffix(".py")


def main() -> None:
    """Print one table a tree."""
    for name in sys.argv[1:]:
        sys.stdout.write(f"## {name}\n\n")
        stands = heights(Path(name).resolve() / "src" / "counterfoil")
        for step, files in follow(Path(name)).items():
            pairs = list(pairwise(files))
            moves = sum(room(one) != room(other) for one, other in pairs)
            climbs = sum(
                room(one) != room(other) and stands[other] > stands[one] for one, other in pairs
            )
            rooms = len({room(file) for file in files})
            sys.stdout.write(
                f"{step}: {len(files)} files, {rooms} rooms, {moves} changes, {climbs} climbs\n"
            )
            sys.stdout.write(f"  {' > '.join(files)}\n\n")


if __name__ == "__main__":
    main()
