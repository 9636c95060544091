"""What runs first in a `counterfoil-ask` file: unpacks the packages that are in it, each once its
digest was checked, into a cache folder of the user's own, and starts the program.

Standard library only. The list of digests is in the same file, whose own digest is published and
signed; the folder is named by the list, so that another version unpacks beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

LEAST = (3, 11)
MARKER = ".complete"


class Refused(Exception):
    """The file, or the folder, is not what it must be."""


def unpack(archive: Path, cache: Path, python: str) -> Path:
    """The folder with the packages for this Python, unpacked where it is not there yet.

    Raises Refused: a package differs from its digest, none fits this Python, or the folder belongs
    to somebody else.
    """
    with zipfile.ZipFile(archive) as file:
        listed = file.read("manifest.json")
        manifest = json.loads(listed)
        if python not in manifest["pythons"]:
            raise Refused(
                f"this file has packages for Python {', '.join(manifest['pythons'])}, and this is "
                f"{python}"
            )
        folder = cache / f"{manifest['version']}-{hashlib.sha256(listed).hexdigest()[:16]}-{python}"
        if not (folder / MARKER).is_file():
            _unpack_into(file, manifest, folder, python)
    _require_own(folder)
    return folder


def _unpack_into(file: zipfile.ZipFile, manifest: dict, folder: Path, python: str) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not manifest["run"]:
        sys.stderr.write(
            f"counterfoil-ask: built for {manifest['platform']}, and not run there by its makers\n"
        )
    with tempfile.TemporaryDirectory(dir=folder.parent) as making:
        target = Path(making) / "packages"
        target.mkdir(mode=0o700)
        for wheel in manifest["wheels"]:
            if wheel["python"] not in ("", python):
                continue
            data = file.read(f"wheels/{wheel['file']}")
            if hashlib.sha256(data).hexdigest() != wheel["sha256"]:
                raise Refused(f"{wheel['file']} is not the package that was put into this file")
            with zipfile.ZipFile(BytesIO(data)) as packed:
                _extract(packed, target)
        (target / MARKER).write_text(manifest["version"], encoding="ascii")
        try:
            target.rename(folder)
        except OSError:
            if not (folder / MARKER).is_file():  # another process was first, or nothing is there
                raise


def _extract(packed: zipfile.ZipFile, target: Path) -> None:
    for name in packed.namelist():
        parts = Path(name).parts
        if Path(name).is_absolute() or ".." in parts or ":" in name:
            raise Refused("a package would write outside its folder")
        packed.extract(name, target)


def _require_own(folder: Path) -> None:
    """Raise Refused where somebody else owns the folder or may write in it."""
    if hasattr(os, "getuid"):
        found = folder.stat()
        if found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise Refused(f"{folder} belongs to somebody else, or others may write in it")


def cache_folder() -> Path:
    """Where this platform keeps what can be made again."""
    named = os.environ.get("COUNTERFOIL_ASK_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "counterfoil-ask"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "counterfoil-ask"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "counterfoil-ask"


def main() -> None:
    """Unpack, and start the program."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.version_info < LEAST:
        sys.exit(f"counterfoil-ask: needs Python 3.11 or later; this is {python}")
    try:
        folder = unpack(Path(__file__).resolve().parent, cache_folder(), python)
    except (Refused, OSError, zipfile.BadZipFile) as fault:
        sys.exit(f"counterfoil-ask: cannot be unpacked: {fault}")
    sys.path.insert(0, str(folder))
    from counterfoil.cli.ask import main as ask

    ask()


if __name__ == "__main__":
    main()
