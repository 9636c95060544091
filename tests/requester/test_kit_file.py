"""The kit as one file: its packages are unpacked once their digests were checked, its own wheel has
all that the program imports and no office, and its digests are signed."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from scripts.kit import bootstrap, build

PYTHON = "3.11"


def wheel(name: str, **files: bytes) -> tuple[str, bytes]:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for place, data in files.items():
            archive.writestr(place.replace("__", "/"), data)
    return f"{name}-1.0-py3-none-any.whl", sink.getvalue()


def kit(folder: Path, file: tuple[str, bytes], *, digest: str = "", run: bool = True) -> Path:
    name, data = file
    listed = {"file": name, "sha256": digest or hashlib.sha256(data).hexdigest(), "python": ""}
    manifest = {"version": "1.0", "platform": "linux", "run": run, "pythons": [PYTHON], "wheels": [listed]}  # fmt: skip
    path = folder / "kit.pyz"
    build.write_zip(
        path, {f"wheels/{name}": data, "manifest.json": json.dumps(manifest).encode()}, b"#!x\n"
    )
    return path


def test_packages_are_unpacked_once_and_found_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = kit(tmp_path, wheel("a", a__b=b"1"), run=False)
    folder = bootstrap.unpack(path, tmp_path / "cache", PYTHON)
    assert (folder / "a/b").read_bytes() == b"1"
    again = kit(tmp_path, wheel("a", a__b=b"1"), run=False)
    assert path.read_bytes() == again.read_bytes()
    assert "not run there" in capsys.readouterr().err
    (folder / "a/b").write_bytes(b"2")
    assert bootstrap.unpack(path, tmp_path / "cache", PYTHON) == folder
    assert (folder / "a/b").read_bytes() == b"2"
    assert [each for each in (tmp_path / "cache").iterdir() if each != folder] == []


def test_a_package_of_another_digest_is_not_unpacked(tmp_path: Path) -> None:
    path = kit(tmp_path, wheel("a", a__b=b"1"), digest="0" * 64)
    with pytest.raises(bootstrap.Refused, match="not the package"):
        bootstrap.unpack(path, tmp_path / "cache", PYTHON)
    assert list((tmp_path / "cache").iterdir()) == []


def test_another_python_a_path_outside_and_a_folder_of_others_are_refused(tmp_path: Path) -> None:
    path = kit(tmp_path, wheel("a", a__b=b"1"))
    with pytest.raises(bootstrap.Refused, match=r"3\.9"):
        bootstrap.unpack(path, tmp_path / "cache", "3.9")
    folder = bootstrap.unpack(path, tmp_path / "cache", PYTHON)
    folder.chmod(0o777)
    with pytest.raises(bootstrap.Refused, match="others may write"):
        bootstrap.unpack(path, tmp_path / "cache", PYTHON)
    outside = kit(tmp_path, wheel("a", **{"..__evil": b"1"}))
    with pytest.raises(bootstrap.Refused, match="outside"):
        bootstrap.unpack(outside, tmp_path / "other", PYTHON)
    assert not (tmp_path / "evil").exists()


def test_the_cache_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.delenv("COUNTERFOIL_ASK_CACHE", raising=False)
    assert bootstrap.cache_folder() == Path("/x/counterfoil-ask")
    monkeypatch.setenv("COUNTERFOIL_ASK_CACHE", "/y")
    assert bootstrap.cache_folder() == Path("/y")


def test_the_programs_own_wheel_has_all_that_it_imports_of_ours_and_no_office(tmp_path: Path) -> None:  # fmt: skip
    path = build.make_wheel(tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        asked = archive.read(f"counterfoil_ask-{build.version()}.dist-info/METADATA").decode()
    assert "duckdb" not in asked and "Requires-Dist: cryptography" in asked
    assert not {name.split("/")[1] for name in names} & {"office", "register", "database", "api"}
    assert "counterfoil/_law/agreements/sandbox.yaml" in names
    wanted = re.compile(
        r"^ *from (counterfoil\.[\w.]+) import|^import (counterfoil\.[\w.]+)", re.MULTILINE
    )
    with zipfile.ZipFile(path) as archive:
        texts = {
            name: archive.read(name).decode()
            for name in names
            if name.endswith(".py") and name != "counterfoil/cli/__init__.py"
        }
    modules = {one or two for text in texts.values() for one, two in wanted.findall(text)}
    assert len(modules) > 50
    assert {each for each in modules if not _is_there(each, names)} == set()


def _is_there(module: str, names: set[str]) -> bool:
    place = module.replace(".", "/")
    return f"{place}.py" in names or f"{place}/__init__.py" in names


def test_digests_are_signed_and_what_is_in_it_is_listed(tmp_path: Path) -> None:
    own = tmp_path / f"counterfoil_ask-{build.version()}-py3-none-any.whl"
    own.write_bytes(b"a wheel")
    build.sign_digests(tmp_path, [own], bytes(32))
    lines = (tmp_path / "SHA256SUMS").read_bytes()
    assert lines == f"{build.sha256(own)}  {own.name}\n".encode()
    public = load_pem_public_key((tmp_path / "release.pem").read_bytes())
    public.verify((tmp_path / "SHA256SUMS.sig").read_bytes(), lines)  # type: ignore[union-attr,call-arg]
    bill = build.sbom({"linux": [{"file": own.name, "sha256": build.sha256(own)}]})
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    [component] = bill["components"]
    assert component["purl"] == f"pkg:pypi/counterfoil-ask@{build.version()}"
    assert component["components"][0]["hashes"][0]["content"] == build.sha256(own)


def test_every_package_of_the_kit_is_pinned_with_its_digests() -> None:
    environment = {"platform_system": "Linux", "sys_platform": "linux", "python_version": PYTHON, "python_full_version": "3.11.7", "implementation_name": "cpython", "platform_python_implementation": "CPython", "os_name": "posix"}  # fmt: skip
    names = build.closure(build.NEEDS, environment)
    assert "cffi" in names and "duckdb" not in names and "pyarrow" not in names
    assert build.pins(names).count("==") == len(names)
