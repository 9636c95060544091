"""A sandbox: an office of made-up people with everything that a first try needs, in one folder.

    D/office/            the office; D/mailbox/ and D/public/ beside it
    D/keys/officer-?.key three officers of disclosure, a, b and c; and counsel.key, holds-a.key,
                         holds-b.key and inspector.key; the keys have no passphrase
    D/kit/requester.key  a requester's key, and requester.opening.key, which opens answers
    D/kit/office.json    what a requester trusts of this office (docs/guides/requester.md)
    D/service.toml       how it is served
    D/README.txt         how to ask the first question

The people are those of examples/tiny-agency, or of another source (`make_sandbox`). The folder is
made beside and moved into place last; one that was made before is opened again as it is.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.client import create_officer
from counterfoil.core import keyfile
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.use_cases import SERVICE, Progress, finish
from counterfoil.core.values import Reject, Role
from counterfoil.disclosure.register_build import BuildRegister, RegisterSnapshot, build_register
from counterfoil.envelopes import PublicOpeningKey
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import agreement_file, create_office, law_library, open_office, read_vkey
from counterfoil.office.lease import office_served, service_place
from counterfoil.office.settings import read_settings, write_settings
from counterfoil.requester.opening_keys import make_opening_key
from counterfoil.service.config import (
    FILE,
    FORMAT,
    GatewayDoor,
    OfficeDoor,
    PagesDoor,
    ServiceConfig,
    read_config,
    write_config,
)
from counterfoil.service.queue import OPEN_REPLY
from counterfoil.tlog import verifier_key

MARKER: Final = ".counterfoil-sandbox"
NAME: Final = "counterfoil.example/sandbox"
PRINCIPAL: Final = "sandbox-principal"
OFFICERS: Final = ("officer-a", "officer-b")
_THIRD: Final = "officer-c"
_OTHERS: Final = {
    "counsel": Role.COUNSEL,
    "holds-a": Role.HOLDS,
    "holds-b": Role.HOLDS,
    "inspector": Role.INSPECTOR,
}
"""Of every other role as many as its acts need, so that each page can be tried."""
_FRESH_SECONDS: Final = 400_000_000
"""A sandbox that was stopped for months is as healthy as ever."""
_ENDING_SECONDS: Final = 3.0
_POLL_SECONDS: Final = 0.1
Watch = Callable[[Progress | Reject], None]
_README: Final = Path(__file__).with_name("sandbox.txt")


def prepare_sandbox(directory: Path, port: int) -> ServiceConfig:
    """Make a sandbox, or open the one that is there, to be served at this port and the next.

    Raises UsageFault `sandbox_folder_taken`, `sandbox_port`; StateFault `office_served` where it is
    being served; StoreFault `sandbox_not_made`; as
    `create_office` and `build_register`.
    """
    if not 0 < port < 65535:
        raise UsageFault(
            "sandbox_port",
            "a sandbox takes a port and the one after it",
            place="--port",
            cure="Name one from 1 to 65534.",
        )
    _require_unserved(directory)
    try:
        if not (directory / MARKER).is_file():
            _require_vacant(directory)
            making = directory.with_name(f".{directory.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            try:
                _make(making)
                if directory.exists():
                    directory.rmdir()
                making.rename(directory)
            finally:
                shutil.rmtree(making, ignore_errors=True)
        _write_places(directory, port)
        _write_page(directory, port)
    except OSError as fault:
        raise StoreFault(
            "sandbox_not_made",
            f"the sandbox could not be written ({type(fault).__name__})",
            place=directory.name,
            cure="Check disk space and the permissions of the folder.",
        ) from None
    return read_config(directory / FILE)


def _require_unserved(directory: Path) -> None:
    """Wait for a service that was killed a moment ago: its processes are still ending."""
    until = time.monotonic() + _ENDING_SECONDS
    while service_place(directory / "office"):
        if time.monotonic() >= until:
            raise office_served(directory)
        time.sleep(_POLL_SECONDS)


def _require_vacant(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageFault(
            "sandbox_folder_taken",
            "there is something else than a sandbox there",
            place=directory.name,
            cure="Name a folder that does not exist yet with --dir; nothing was changed.",
        )


def examples() -> Path:
    """The made-up agency that comes with Counterfoil: in the wheel, or in the source tree."""
    package = Path(__file__).parents[1]
    shipped = package / "_examples"
    root = shipped if shipped.is_dir() else package.parents[1] / "examples"
    return root / "tiny-agency"


def make_sandbox(
    directory: Path,
    name: str,
    people: Path,
    port: int,
    watch: Watch | None = None,
    agreement: Path | None = None,
) -> tuple[ServiceConfig, RegisterSnapshot]:
    """A sandbox of this name about other made-up people, in a folder that is there and has none of
    a sandbox's: how it is served, and its register. `agreement`: another than the one of every
    sandbox, which has to say of itself that it is a sandbox's.

    Raises OSError; as `create_office` and `build_register`.
    """
    made = _fill(directory, name, people, watch, agreement)
    _write_places(directory, port)
    return read_config(directory / FILE), made


def _make(directory: Path) -> None:
    shutil.copytree(examples(), directory / "examples")
    _fill(directory, NAME, directory / "examples" / "people.csv", None)
    office_dir = directory / "office"
    office = open_office(office_dir)
    try:
        for name, role in _OTHERS.items():
            create_officer(office, office_dir / "keys", name, None, role)
    finally:
        office.close()
    _copy_keys(directory, _OTHERS)
    (directory / MARKER).write_text(
        "Made by `counterfoil serve all --sandbox`.\n", encoding="utf-8"
    )


def _fill(
    directory: Path, name: str, people: Path, watch: Watch | None, agreement: Path | None = None
) -> RegisterSnapshot:
    """Office, keys, mailbox and the folder of what is published."""
    kit, keys, office_dir = (directory / each for each in ("kit", "keys", "office"))
    for folder in (kit, keys):
        folder.mkdir(mode=0o700)
    opening = _make_requester(kit)
    create_office(
        office_dir,
        name=name,
        agreement=agreement or agreement_file("sandbox", law_library()),
        sandbox=True,
        passphrase=None,
        library=law_library(),
        principal=read_vkey(kit / "requester.vkey"),
    )
    settings = read_settings(office_dir)
    write_settings(office_dir, msgspec.structs.replace(settings, publish_to="../public"))
    office = open_office(office_dir)
    try:
        made = finish(build_register(office, SERVICE, BuildRegister(people, made_up=True)), watch)
        create_officer(office, office_dir / "keys", _THIRD, None, Role.DISCLOSURE)
    finally:
        office.close()
    _copy_keys(directory, (*OFFICERS, _THIRD))
    (office_dir / "exchange").mkdir(mode=0o700)
    (office_dir / "exchange" / OPEN_REPLY).write_text(f"{opening}\n", encoding="ascii")
    Mailbox(directory / "mailbox").make()
    (directory / "public").mkdir()
    return made


def _copy_keys(directory: Path, names: Iterable[str]) -> None:
    for name in names:
        for suffix in ("key", "vkey"):
            shutil.copy(directory / "office" / "keys" / f"{name}.{suffix}", directory / "keys")


def _make_requester(kit: Path) -> PublicOpeningKey:
    secret = keyfile.new_secret("principal")
    path = kit / "requester.key"
    keyfile.seal_key(path, name=PRINCIPAL, purpose="principal", secret=secret, passphrase=None)
    public = verifier_key(PRINCIPAL, keyfile.public_bytes(secret))
    (kit / "requester.vkey").write_text(f"{public}\n", encoding="utf-8")
    return make_opening_key(kit / "requester.opening.key", PRINCIPAL, None)


def _write_places(directory: Path, port: int) -> None:
    """What depends on the port: the service's configuration, and what the requester knows of the
    office."""
    office = f"127.0.0.1:{port + 1}"
    holder = str(read_vkey(directory / "office" / "keys" / "holder.vkey"))
    config = ServiceConfig(
        FORMAT,
        Path("office"),
        Path("mailbox"),
        Path("public"),
        OfficeDoor(office, (office, f"localhost:{port + 1}"), "sandbox"),
        GatewayDoor(
            f"127.0.0.1:{port}",
            holder,
            open_files=True,
            per_second=5000.0,
            burst=5000,
            fresh_seconds=_FRESH_SECONDS,
        ),
        PagesDoor(f"http://localhost:{port + 1}"),
    )
    write_config(directory / FILE, config)
    agreement = (directory / "office" / "law" / "agreement.yaml").read_text(encoding="utf-8")
    said = {
        "format": "counterfoil-office-1",
        "office": read_settings(directory / "office").name,
        "holder": holder,
        "agreement": agreement,
        "intake_signer": "",
        "witnesses": "",
    }
    (directory / "kit" / "office.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"
    )


def _write_page(directory: Path, port: int) -> None:
    """The page that says how to begin."""
    shown = directory.absolute()
    page = _README.read_text(encoding="utf-8").format(
        directory=shown, port=port, office_port=port + 1
    )
    (directory / "README.txt").write_text(page, encoding="utf-8")
