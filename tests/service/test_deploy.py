"""What is shipped beside the program to run it: units, image and proxy. They are checked for what can
be checked without running them; docs/operate/service.md says what was run, and where."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from counterfoil.api.problems import CODES
from tests.cli.desk import command
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = ["office", "gateway"]
HARD = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "CapabilityBoundingSet": "",
    "LimitCORE": "0",
    "RemoveIPC": "yes",
}


def _service(name: str) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / f"counterfoil-{name}.service", encoding="utf-8")
    return dict(parser["Service"])


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_hardened_and_starts_its_own_role(name: str) -> None:
    unit = _service(name)
    assert {key: unit.get(key) for key in HARD} == HARD
    assert unit["User"] == f"counterfoil-{name}"
    assert re.fullmatch(
        rf"/opt/counterfoil/bin/counterfoil serve {name} --config \S+", unit["ExecStart"]
    )


def test_the_gateway_has_no_network_and_no_way_to_the_office() -> None:
    unit = _service("gateway")
    assert (unit["PrivateNetwork"], unit["RestrictAddressFamilies"]) == ("yes", "AF_UNIX")
    assert "/var/lib/counterfoil/office" in unit["InaccessiblePaths"]
    assert "office" not in unit["ReadWritePaths"] + unit["ReadOnlyPaths"]
    assert not [key for key in unit if key.startswith("LoadCredential")]


def test_the_office_gets_its_passphrase_from_the_machine_alone() -> None:
    unit = _service("office")
    assert unit["LoadCredentialEncrypted"].startswith("office:")
    assert not [key for key in unit if key.startswith("Environment")]
    assert unit["IPAddressDeny"] == "any"


def _rights() -> dict[str, tuple[int, str, str]]:
    """(mode, user, group) of each folder that the shipped tmpfiles make."""
    text = (DEPLOY / "counterfoil.tmpfiles").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    assert all(len(line) == 5 and line[0] == "d" for line in lines)
    return {path: (int(mode, 8), user, group) for _, path, mode, user, group in lines}


def _groups() -> dict[str, set[str]]:
    """The groups of each user that the shipped sysusers make."""
    text = (DEPLOY / "counterfoil.sysusers").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    found = {line[1]: {line[1]} for line in lines if line[0] == "u"}
    for line in lines:
        if line[0] == "m":
            found[line[1]].add(line[2])
    return found


def _may(path: str, user: str, groups: set[str], bits: int) -> bool:
    mode, owner, group = _rights()[path]
    shift = 6 if user == owner else 3 if group in groups else 0
    return (mode >> shift) & bits == bits


@pytest.mark.parametrize("name", UNITS)
def test_the_user_of_a_unit_has_the_rights_that_its_work_needs(name: str) -> None:
    """Its groups are those that sysusers make; its folders are made by tmpfiles, with rights that
    let each role write what is its own. What is missing keeps a unit from starting at all."""
    unit, rights = _service(name), _rights()
    groups = {unit["Group"], *unit.get("SupplementaryGroups", "").split()}
    assert _groups()[unit["User"]] == groups
    for path in unit["ReadWritePaths"].split():
        assert _may(path, unit["User"], groups, 0o7), path
    for path in unit.get("ReadOnlyPaths", "").split():
        assert _may(path, unit["User"], groups, 0o5), path
        assert not _may(path, unit["User"], groups, 0o2), path
    for path in rights:
        if path.startswith("/var/lib/counterfoil/mailbox"):
            assert rights[path][0] & 0o2000, "what lies there takes the folder's group"
    assert _may("/var/lib/counterfoil/office", unit["User"], groups, 0o5) == (name == "office")


def test_the_proxy_reaches_the_socket_and_no_file() -> None:
    unit = _service("gateway")
    assert (unit["RuntimeDirectory"], unit["RuntimeDirectoryMode"]) == (
        "counterfoil-gateway",
        "0750",
    )
    proxy = {unit["Group"]}
    assert not [
        path for path in _rights() if "mailbox" in path and _may(path, "www-data", proxy, 1)
    ]
    text = (DEPLOY / "nginx-gateway.conf").read_text(encoding="utf-8")
    assert "unix:/run/counterfoil-gateway/http.sock" in text


def test_the_configurations_that_the_page_shows_name_the_folders_of_the_units() -> None:
    page = (ROOT / "docs" / "operate" / "service.md").read_text(encoding="utf-8")
    named = set(re.findall(r'= "(/var/lib/[^"]+)"', page))
    assert named == {path for path in _rights() if path.count("/") == 4}
    for name in UNITS:
        assert f"/etc/counterfoil/{'service' if name == 'office' else 'gateway'}.toml" in page


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_knows_every_line_of_a_unit(name: str, tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing, once the program is where the unit looks for it."""
    text = (DEPLOY / f"counterfoil-{name}.service").read_text(encoding="utf-8")
    path = tmp_path / f"counterfoil-{name}.service"
    path.write_text(text.replace("/opt/counterfoil/bin/counterfoil", sys.executable), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_units_and_the_image_run_is_a_command_of_the_program() -> None:
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    shown = re.findall(r"counterfoil (serve (?:office|gateway) --config \S+)", image)
    lines = [_service(name)["ExecStart"].split(" ", 1)[1] for name in UNITS]
    for line in [*lines, *shown]:
        told = command(*line.split())
        assert "[service_missing]" in told.err, told.err  # read, and its file is not there


def test_the_image_is_built_of_pinned_packages_and_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists()
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001:10000$", text, re.MULTILINE)
    assert "ENV" not in text.replace("ENV PYTHONDONTWRITEBYTECODE=1", "")


def test_the_proxy_refuses_with_codes_and_statuses_of_the_gateway() -> None:
    """Each answer that it gives itself is a problem of ours, under its own status."""
    text = (DEPLOY / "nginx-gateway.conf").read_text(encoding="utf-8")
    found = re.findall(r"return (\d+) '(\{.*?\})';", text)
    assert len(found) == len(re.findall(r"location @", text)) == 6
    for status, body in found:
        code = re.search(r'"code":"(\w+)"', body)
        assert code is not None and CODES[code[1]] == int(status)
        assert f'"status":{status}' in body and f"urn:counterfoil:{code[1]}" in body


def test_the_proxy_takes_the_certificate_from_nobody_else() -> None:
    text = (DEPLOY / "nginx-gateway.conf").read_text(encoding="utf-8")
    assert "ssl_verify_client on;" in text
    assert "ssl_protocols TLSv1.3;" in text
    assert "proxy_set_header X-Client-Certificate $ssl_client_escaped_cert;" in text
