"""What is shipped beside the program to run it: units, image and proxy. They are checked for what can
be checked without running them; docs/operate/service.md says what was run, and where."""

from __future__ import annotations

import configparser
import re

import pytest

from counterfoil.api.problems import CODES
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
