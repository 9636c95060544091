"""`python -m scripts.kit.build --out dist`: the requester's kit, for those who hand it out.

    counterfoil_ask-VERSION-py3-none-any.whl        the program alone, for an index of packages
    counterfoil-ask-VERSION-PLATFORM.pyz            one file: the program and all that it needs
    counterfoil-ask-VERSION.cdx.json                what is in them (CycloneDX 1.6), with digests
    SHA256SUMS, SHA256SUMS.sig, release.pem         digests of all of these, signed with Ed25519

The packages are those that the program's own wheel asks for, and what these ask for, in the
versions and with the digests of requirements/runtime.txt; pip takes no other. Same input, same
bytes: entries are sorted, and have no time. Linux is run here (`run`); macOS and Windows are built,
and say that they were not.

Without --key the digests are signed with a key of this run, and the file says so: it shows how, and
proves nothing.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import uuid
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from counterfoil.core import keyfile

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "src" / "counterfoil"
ROOMS: Final = ("answers", "core", "envelopes", "gate", "intake", "normalize", "requester", "tlog")
"""What a requester's program is made of; of `cli/` it has `CLI`."""
CLI: Final = (
    "__init__.py",
    "files.py",
    "hints.py",
    "output.py",
    "passphrases.py",
    "rejects.py",
    "verbs.py",
    "ask",
)
NEEDS: Final = (
    "msgspec",
    "cryptography",
    "joserfc",
    "doorplate",
    "rapidfuzz",
    "nicknames",
    "PyYAML",
    "typer",
    "rich",
    "openpyxl",
)
PYTHONS: Final = ("3.11", "3.12", "3.13")
_DATABASE: Final = re.compile(
    r"^(from|import) (sqlalchemy|counterfoil\.database|counterfoil\.gate\.history\.tables)",
    re.MULTILINE,
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Platform(NamedTuple):
    """A platform: its name, the tags of its wheels, whether its file is run here."""

    name: str
    tags: tuple[str, ...]
    run: bool


PLATFORMS: Final = (
    Platform(
        "linux-x86_64",
        ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        run=True,
    ),
    Platform("macos-arm64", ("macosx_11_0_arm64", "macosx_12_0_arm64"), run=False),
    Platform("windows-x86_64", ("win_amd64",), run=False),
)


def version() -> str:
    """The version of this tree."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


# -- the program's own wheel -----------------------------------------------------------------------


def own_files() -> dict[str, bytes]:
    """The program's files by their place in a wheel."""
    paths = [SOURCE / "__init__.py", SOURCE / "py.typed"]
    for room in ROOMS:
        paths += sorted((SOURCE / room).rglob("*"))
    for name in CLI:
        path = SOURCE / "cli" / name
        paths += sorted(path.rglob("*")) if path.is_dir() else [path]
    files = {
        f"counterfoil/{path.relative_to(SOURCE).as_posix()}": path.read_bytes()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts and not _keeps_records(path)
    }
    for path in sorted((ROOT / "law").rglob("*.yaml")):
        place = path.relative_to(ROOT / "law")
        if place.parts[0] != "cases":
            files[f"counterfoil/_law/{place.as_posix()}"] = path.read_bytes()
    return files


def _keeps_records(path: Path) -> bool:
    """Whether a module opens a database: what the gate keeps of earlier files is the holder's."""
    text = path.read_text("utf-8") if path.suffix == ".py" else ""
    return _DATABASE.search(text) is not None


def make_wheel(out: Path) -> Path:
    """Write the program's own wheel, which needs `NEEDS` and no more."""
    name, info = "counterfoil_ask", f"counterfoil_ask-{version()}.dist-info"
    asked = [f"Requires-Dist: {each}" for each in _requirements(NEEDS)]
    files = own_files() | {
        f"{info}/METADATA": "\n".join(
            [
                "Metadata-Version: 2.1",
                "Name: counterfoil-ask",
                f"Version: {version()}",
                "Summary: The requester's program of Counterfoil.",
                "License: Apache-2.0",
                "Requires-Python: >=3.11",
                *asked,
                "",
            ]
        ).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: counterfoil\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\n"
        b"counterfoil-ask = counterfoil.cli.ask:main\n",
        f"{info}/licenses/LICENSE": (ROOT / "LICENSE").read_bytes(),
    }
    record = [f"{place},{_record(data)},{len(data)}" for place, data in sorted(files.items())]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    path = out / f"{name}-{version()}-py3-none-any.whl"
    write_zip(path, files)
    return path


def _record(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"


def _requirements(names: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {
        canonicalize_name(each.name): each for each in map(Requirement, project["dependencies"])
    }
    return [asked[canonicalize_name(name)] for name in names]


# -- the packages ------------------------------------------------------------------------------


def closure(names: tuple[str, ...], environment: dict[str, str]) -> list[str]:
    """All that these packages need, by what the installed versions declare."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            declared = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # of another platform: its pin says what it is
        for requirement in map(Requirement, declared):
            marker = requirement.marker
            if marker is None or marker.evaluate({**environment, "extra": ""}):
                waiting.append(canonicalize_name(requirement.name))
    return sorted(found)


def pins(names: list[str]) -> str:
    """The lines of requirements/runtime.txt for these packages, with their digests."""
    text = (ROOT / "requirements/runtime.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z])", text)
    by_name = {
        canonicalize_name(Requirement(block.partition(" \\")[0]).name): block for block in blocks
    }
    missing = [name for name in names if name not in by_name]
    if missing:
        sys.exit(f"requirements/runtime.txt has no pin for {', '.join(missing)}")
    return (
        "\n".join(re.sub(r" ; [^\\]*\\", r" \\", by_name[name], count=1) for name in names) + "\n"
    )


def download(platform: Platform, python: str, folder: Path) -> list[Path]:
    """The wheels of a platform for one Python, each of a digest that is pinned."""
    system = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}[
        platform.name.partition("-")[0]
    ]
    environment = {
        "platform_system": system,
        "sys_platform": {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[system],
        "os_name": "nt" if system == "Windows" else "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    listed = folder / "pins.txt"
    listed.write_text(pins(closure(NEEDS, environment)), encoding="utf-8")
    target = folder / python
    tags = [word for tag in platform.tags for word in ("--platform", tag)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version", python),
            *(*tags, "--dest", str(target), "--requirement", str(listed)),
        ],
        check=True,
    )
    return sorted(target.glob("*.whl"))


# -- one file ----------------------------------------------------------------------------------


def make_file(out: Path, platform: Platform, wheels: dict[str, list[Path]], own: Path) -> Path:
    """Write the one file of a platform. `wheels`: those of each Python."""
    chosen: dict[str, tuple[Path, str]] = {own.name: (own, "")}
    for python, paths in wheels.items():
        for path in paths:
            _, _, _, tags = parse_wheel_filename(path.name)
            for_all = any(tag.interpreter.startswith("py") or tag.abi == "abi3" for tag in tags)
            chosen[path.name] = (path, "" if for_all else python)
    listed = [
        {"file": name, "sha256": sha256(path), "python": python}
        for name, (path, python) in sorted(chosen.items())
    ]
    manifest = {
        "version": version(),
        "platform": platform.name,
        "run": platform.run,
        "pythons": sorted(wheels),
        "wheels": listed,
    }
    files = {f"wheels/{name}": path.read_bytes() for name, (path, _) in chosen.items()}
    files["manifest.json"] = json.dumps(manifest, indent=1, sort_keys=True).encode()
    files["__main__.py"] = (Path(__file__).with_name("bootstrap.py")).read_bytes()
    path = out / f"counterfoil-ask-{version()}-{platform.name}.pyz"
    write_zip(path, files, start=b"#!/usr/bin/env python3\n")
    path.chmod(0o755)
    return path


def write_zip(path: Path, files: dict[str, bytes], start: bytes = b"") -> None:
    """Write an archive whose bytes follow from what is in it. Wheels are not packed twice."""
    with path.open("wb") as raw:
        raw.write(start)
        with zipfile.ZipFile(raw, "w") as archive:
            for name, data in sorted(files.items()):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = 0o644 << 16
                packed = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
                archive.writestr(entry, data, packed)


def sha256(path: Path) -> str:
    """The digest of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- what is in it, and its digests ------------------------------------------------------------


def sbom(files: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """CycloneDX 1.6. `files`: for each platform, the wheels of its manifest."""
    components: dict[str, dict[str, Any]] = {}
    for platform, wheels in files.items():
        for wheel in wheels:
            name, number, *_ = parse_wheel_filename(wheel["file"])
            component = components.setdefault(
                name,
                {
                    "type": "library",
                    "bom-ref": f"pkg:pypi/{name}@{number}",
                    "name": name,
                    "version": str(number),
                    "purl": f"pkg:pypi/{name}@{number}",
                    "components": [],
                },
            )
            component["components"].append(
                {
                    "type": "file",
                    "name": wheel["file"],
                    "hashes": [{"alg": "SHA-256", "content": wheel["sha256"]}],
                    "properties": [{"name": "platform", "value": platform}],
                }
            )
    body = [components[name] for name in sorted(components)]
    seed = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(seed[:32])}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "counterfoil-ask",
                "name": "counterfoil-ask",
                "version": version(),
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": body,
        "dependencies": [
            {"ref": "counterfoil-ask", "dependsOn": [each["bom-ref"] for each in body]}
        ],
    }


def sign_digests(out: Path, paths: list[Path], secret: bytes | None) -> None:
    """Write SHA256SUMS, its signature (64 bytes), and the public key that it verifies under."""
    lines = "".join(f"{sha256(path)}  {path.name}\n" for path in sorted(paths))
    (out / "SHA256SUMS").write_text(lines, encoding="ascii")
    key = Ed25519PrivateKey.from_private_bytes(secret or os.urandom(32))
    (out / "SHA256SUMS.sig").write_bytes(key.sign(lines.encode("ascii")))
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    note = b"" if secret else b"# A key of one build: it shows how, and proves nothing.\n"
    (out / "release.pem").write_bytes(note + public)


def run_file(path: Path, folder: Path) -> None:
    """Run a file as somebody who has just got it: its version, and a check of the example."""
    environment = {
        "PATH": os.environ["PATH"],
        "COUNTERFOIL_ASK_CACHE": str(folder),
        "HOME": str(folder),
    }
    example = ROOT / "examples/tiny-agency/requests.csv"
    for words in (["--version"], ["template", str(folder / "t.xlsx")], ["check", str(example)]):
        subprocess.run([sys.executable, "-I", str(path), *words], check=True, env=environment)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument(
        "--key", type=Path, help="key file of purpose `holder` that signs the digests"
    )
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--platform", action="append", choices=[each.name for each in PLATFORMS])
    parser.add_argument("--python", action="append", choices=PYTHONS)
    return parser.parse_args()


def _secret(arguments: argparse.Namespace) -> bytes | None:
    if arguments.key is None:
        return None
    passphrase = arguments.passphrase_file.read_text("utf-8").splitlines()[0]
    _, secret = keyfile.open_key(
        arguments.key, purpose="holder", passphrase=passphrase, allow_unprotected=False
    )
    return secret


def _built(out: Path, chosen: list[Platform], pythons: list[str], own: Path) -> Iterator[Path]:
    for platform in chosen:
        with tempfile.TemporaryDirectory() as folder:
            wheels = {python: download(platform, python, Path(folder)) for python in pythons}
            yield make_file(out, platform, wheels, own)


def main() -> None:
    """Build everything into the folder --out, and run what can be run here."""
    arguments = _arguments()
    secret = _secret(arguments)
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    chosen = [each for each in PLATFORMS if each.name in (arguments.platform or each.name)]
    pythons = sorted(arguments.python or PYTHONS)
    own = make_wheel(out)
    paths = [own]
    listed: dict[str, list[dict[str, Any]]] = {}
    for platform, path in zip(chosen, _built(out, chosen, pythons, own), strict=True):
        with zipfile.ZipFile(path) as archive:
            listed[platform.name] = json.loads(archive.read("manifest.json"))["wheels"]
        if platform.run:
            with tempfile.TemporaryDirectory() as folder:
                run_file(path, Path(folder))
        paths.append(path)
        sys.stdout.write(f"{path}: {'run here' if platform.run else 'built, and not run'}\n")
    bill = out / f"counterfoil-ask-{version()}.cdx.json"
    bill.write_text(json.dumps(sbom(listed), indent=1) + "\n", encoding="utf-8")
    sign_digests(out, [*paths, bill], secret)


if __name__ == "__main__":
    main()
