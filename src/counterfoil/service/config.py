"""The configuration of a service: one TOML file. Closed by default: an unknown or missing field
refuses.

    format = "counterfoil-service-1"
    office = "office"             # the office's directory; relative paths are beside this file
    mailbox = "mailbox"           # the folder that outside and inside share
    public = "public"             # what is published; office.toml's `publish_to` names the same

    [office_door]                 # what `serve office` needs
    listen = "127.0.0.1:8441"     # HOST:PORT or unix:PATH
    hosts = ["127.0.0.1:8441"]    # the names by which officers reach it; they sign for one
    keys = "prompt"               # where the passphrase comes from: prompt, credential:NAME
                                  # (systemd), fd:N (an open file descriptor), or sandbox

    [gateway_door]                # what `serve gateway` needs; it never reads the office
    listen = "127.0.0.1:8440"
    holder = "office.example+1f0a9c3b+..."   # the holder's verifier key
    certificates = ["9f86..."]    # SHA-256 of each client certificate (DER) that the agreement
                                  # names, in hex, as the proxy hands it on
    open_files = false            # true in a sandbox only: takes files in the open, and no
                                  # certificate is asked for
    hosts = []                    # the names by which requesters reach it, with their port, as a
                                  # Host header has them; none: this machine's own where
                                  # `open_files` is true, else any, which the proxy checks
    most_bytes = 600000000        # of an item
    puts = 256                    # items that come in at once
    per_second = 100.0            # requests of one client on average
    burst = 400                   # and at once
    fresh_seconds = 100000        # a checkpoint older than that is no healthy office's

    [pages]                       # what officers see in a browser; left out, there are no pages
    origin = "https://office.example"    # where browsers reach it; its name is one of `hosts`
    issuer = "https://accounts.agency.example"   # the agency's OpenID provider; a sandbox has none
    client_id = "counterfoil"
    secret = "oidc.secret"        # the file that holds the client's secret
    claim = "preferred_username"  # the claim whose value is the name of an enrolled officer
    scope = "openid profile"

No secret stands in it, nor in the environment.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from counterfoil.core.config_file import read_config_file
from counterfoil.core.errors import SettingsFault

FORMAT: Final = "counterfoil-service-1"
FILE: Final = "service.toml"
Listen = Annotated[
    str, msgspec.Meta(pattern=r"^(unix:.{1,90}|[A-Za-z0-9.:\[\]-]{1,80}:[0-9]{1,5})$")
]
Print = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
WebOrigin = Annotated[str, msgspec.Meta(pattern=r"^https?://[a-z0-9.-]{1,200}(:[0-9]{1,5})?$")]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000_000)]
Rate = Annotated[float, msgspec.Meta(gt=0, le=1_000_000)]


class OfficeDoor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where officers reach the office, and where its keys come from."""

    listen: Listen
    hosts: tuple[str, ...]
    keys: Annotated[
        str,
        msgspec.Meta(pattern=r"^(prompt|sandbox|credential:[A-Za-z0-9._-]{1,60}|fd:[0-9]{1,4})$"),
    ] = "prompt"


class GatewayDoor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where requesters reach the gateway, and what it lets in."""

    listen: Listen
    holder: str
    certificates: tuple[Print, ...] = ()
    open_files: bool = False
    most_bytes: Count = 600_000_000
    puts: Count = 256
    per_second: Rate = 100.0
    burst: Count = 400
    fresh_seconds: Count = 100_000
    hosts: tuple[str, ...] = ()

    @property
    def reached_by(self) -> tuple[str, ...] | None:
        """The names by which it is reached; None for any. Without a certificate, a page of somebody
        else's must not reach it through a browser on this machine."""
        if self.hosts:
            return tuple(each.lower() for each in self.hosts)
        if not self.open_files or self.listen.startswith("unix:"):
            return None
        host, _, port = self.listen.rpartition(":")
        names = dict.fromkeys([host.lower(), "127.0.0.1", "localhost", "[::1]"])
        return tuple(f"{name}:{port}" for name in names)


class PagesDoor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where officers' browsers reach the office, and who says who sits there. Without `issuer`
    nobody does, which only a sandbox may."""

    origin: WebOrigin
    issuer: str = ""
    client_id: str = ""
    secret: str = ""
    claim: str = ""
    scope: str = "openid profile"


class ServiceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See the module. The three folders are absolute once it is read."""

    format: str
    office: Path
    mailbox: Path
    public: Path
    office_door: OfficeDoor | None = None
    gateway_door: GatewayDoor | None = None
    pages: PagesDoor | None = None


def read_config(path: Path) -> ServiceConfig:
    """Read a configuration. Raises SettingsFault `service_missing`, `service_settings`."""
    found = read_config_file(path, ServiceConfig, FORMAT, _missing, unusable)
    beside = path.absolute().parent
    pages = found.pages
    if pages is not None:
        _require_pages(pages, path.name)
        pages = msgspec.structs.replace(pages, secret=str(beside / pages.secret))
    return msgspec.structs.replace(
        found,
        office=beside / found.office,
        mailbox=beside / found.mailbox,
        public=beside / found.public,
        pages=pages,
    )


def _require_pages(pages: PagesDoor, place: str) -> None:
    """Raise SettingsFault `service_settings` unless the provider is named whole, or not at all, and
    is reached by TLS or on this machine."""
    named = [bool(each) for each in (pages.issuer, pages.client_id, pages.secret, pages.claim)]
    if any(named) and not all(named):
        raise unusable("[pages] names `issuer`, `client_id`, `secret` and `claim`, or none", place)
    local = re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/.*)?", pages.issuer)
    if pages.issuer and not pages.issuer.startswith("https://") and not local:
        raise unusable("`issuer` of [pages] begins with https://", place)


def write_config(path: Path, config: ServiceConfig) -> None:
    """Write a configuration; inverse of `read_config` but for the folders, which are written as
    they are named. Raises OSError."""
    lines = [f"format = {_toml(config.format)}"]
    lines += [
        f"{name} = {_toml(str(getattr(config, name)))}" for name in ("office", "mailbox", "public")
    ]
    for table in ("office_door", "gateway_door", "pages"):
        door = getattr(config, table)
        if door is not None:
            fields = msgspec.to_builtins(door)
            lines += [
                "",
                f"[{table}]",
                *(f"{name} = {_toml(value)}" for name, value in fields.items()),
            ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _missing(place: str) -> SettingsFault:
    return SettingsFault(
        "service_missing",
        "there is no readable configuration of a service here",
        place=place,
        cure="Name one with --config; docs/operate/service.md shows one.",
    )


def unusable(why: str, place: str) -> SettingsFault:
    """The configuration cannot be used."""
    return SettingsFault(
        "service_settings",
        f"the configuration cannot be used: {why}",
        place=place,
        cure="Correct the field; docs/operate/service.md lists them.",
    )


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()
