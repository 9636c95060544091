"""A service's configuration refuses what it does not know, and a log lets nothing through but codes."""

from __future__ import annotations

import io
import json
import socket
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from counterfoil.core.errors import CounterfoilError, SettingsFault, StateFault, StoreFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Role
from counterfoil.office import open_office
from counterfoil.office.lease import say_place, service_lease, service_place, writing_beside
from counterfoil.office.officers import list_officers
from counterfoil.service.config import read_config, write_config
from counterfoil.service.gateway_process import gateway_orders
from counterfoil.service.log import log_of
from counterfoil.service.sandbox import prepare_sandbox
from counterfoil.service.server import bind
from tests.world.office import World

TEXT = """
format = "counterfoil-service-1"
office = "office"
mailbox = "mailbox"
public = "public"
[office_door]
listen = "127.0.0.1:8441"
hosts = ["office.test"]
keys = "credential:office"
[gateway_door]
listen = "unix:gateway.sock"
holder = "x"
certificates = ["%s"]
""" % ("a" * 64)


def test_a_configuration_is_read_and_its_folders_are_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "service.toml"
    path.write_text(TEXT, encoding="utf-8")
    read = read_config(path)
    assert read.office == tmp_path / "office"
    write_config(tmp_path / "again.toml", read)
    assert read_config(tmp_path / "again.toml") == read
    assert gateway_orders(read).settings.certificates == ("a" * 64,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("counterfoil-service-1", "counterfoil-service-2"),
        ('office = "office"\n', ""),
        ('office = "office"', "office = 7"),
        ("127.0.0.1:8441", "anywhere"),
        ("credential:office", "password:secret"),
        ("a" * 64, "A" * 64),
        ("[gateway_door]", "[another]"),
        ("format", "= ="),
    ],
)
def test_what_a_configuration_does_not_say_rightly_refuses(
    tmp_path: Path, old: str, new: str
) -> None:
    path = tmp_path / "service.toml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsFault, match="service_settings"):
        read_config(path)
    with pytest.raises(SettingsFault, match="service_missing"):
        read_config(tmp_path / "another.toml")


def test_a_gateway_that_would_let_anybody_in_does_not_start(tmp_path: Path) -> None:
    path = tmp_path / "service.toml"
    path.write_text(TEXT.replace(f'certificates = ["{"a" * 64}"]', ""), encoding="utf-8")
    with pytest.raises(SettingsFault, match="gateway_settings"):
        gateway_orders(read_config(path))


def test_a_port_that_another_program_has_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StoreFault, match="door_taken"):
            bind(f"127.0.0.1:{taken.getsockname()[1]}")
    with TemporaryDirectory(dir="/tmp") as short:  # a socket's path has at most 107 bytes
        place = Path(short) / "door.sock"
        first = bind(f"unix:{place}")
        with pytest.raises(StoreFault, match="door_taken"):
            bind(f"unix:{place}")
        first.close()
        bind(f"unix:{place}").close()  # nobody answers there any more
    for wrong in ("127.0.0.1:99999", "no such host:1"):
        with pytest.raises(StoreFault, match="door_taken"):
            bind(wrong)


def test_only_one_service_has_an_office_and_nobody_writes_beside_it(world: World) -> None:
    path = world.path
    with writing_beside(path), service_lease(path, 0):
        pass  # no service was ever there: who writes asks nobody
    with service_lease(path, 0):
        assert service_place(path) is None
        say_place(path, "http://127.0.0.1:1")
        assert service_place(path) == "http://127.0.0.1:1"
        with pytest.raises(StateFault, match="office_served"), service_lease(path, 0.2):
            pass
        with pytest.raises(StateFault, match="office_served"):
            world.receive(world.requests())
    assert service_place(path) is None
    with writing_beside(path), pytest.raises(StateFault), service_lease(path, 0.2):
        pass
    assert world.receive(world.requests()).startswith("b-")


def test_a_line_of_the_log_has_codes_and_ids_and_nothing_else() -> None:
    out = io.StringIO()
    log = log_of("gateway", out)
    log("refused", code="item_id", route="/v1/items/{item}", status=400, path="/v1/é\nGarcia")
    said = json.loads(out.getvalue())
    assert (said["event"], said["status"], said["path"]) == ("refused", 400, "withheld")
    out.close()
    log("refused")  # nobody reads it: the work goes on


def test_a_sandbox_takes_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CounterfoilError, match="sandbox_folder_taken"):
        prepare_sandbox(tmp_path, 8440)
    with pytest.raises(CounterfoilError, match="sandbox_port"):
        prepare_sandbox(tmp_path / "new", 65535)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CounterfoilError, match="sandbox_not_made"):
        prepare_sandbox(tmp_path / "file" / "below", 8440)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_sandbox_has_an_officer_of_each_role_with_the_key_beside_it(tmp_path: Path) -> None:
    """As many of each role as its acts need, and every key is in the folder that its page names."""
    made = tmp_path / "sandbox"
    prepare_sandbox(made, 23440)
    office = open_office(made / "office")
    try:
        roles = {each.officer.name: each.role for each in list_officers(office, NOBODY)}
    finally:
        office.close()
    counted = Counter(roles.values())
    assert counted == {Role.DISCLOSURE: 3, Role.COUNSEL: 1, Role.HOLDS: 2, Role.INSPECTOR: 1}
    assert all((made / "keys" / f"{name}.key").is_file() for name in roles)
    page = (made / "README.txt").read_text(encoding="utf-8")
    assert (
        "ledger show" in page
        and "keys/inspector.key" in page
        and "holds-a" in page
        and "counsel" in page
    )
