"""The configuration of a key custodian that is a process of its own: one TOML file, which holds no
secret. Closed by default: an unknown or missing field refuses.

    format = "counterfoil-custodian-config-1"
    socket = "/run/counterfoil-custodian/ask.sock"  # relative paths are beside this file
    state = "openings.json"        # the count of openings, made at the first count
    openings_per_day = 1000000     # 0 or less opens nothing
    keys = ["register.key"]        # register keys, the present one first
    group = ""                     # whose members may call besides the custodian's own user
    lend_key = false               # true while a build or a trial needs the key itself

    [token]                        # left out: `keys` are key files that a passphrase opens
    module = "/usr/lib/softhsm/libsofthsm2.so"      # a PKCS#11 library
    label = "counterfoil"          # of the token
    key = "register-wrapping"      # the label of an AES key on it: `keys` are wrapped by it
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from counterfoil.core import keyfile
from counterfoil.core.config_file import read_config_file
from counterfoil.core.errors import SettingsFault
from counterfoil.office.keys.token import Token, unwrap_key
from counterfoil.register.custody.server import CustodianServer, Log, Serving, forbid_dumps

FORMAT: Final = "counterfoil-custodian-config-1"


class CustodianConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See the module. The paths are absolute once it is read."""

    format: str
    socket: Path
    state: Path
    openings_per_day: int
    keys: Annotated[tuple[Path, ...], msgspec.Meta(min_length=1, max_length=100)]
    group: str = ""
    lend_key: bool = False
    token: Token | None = None


def read_custodian_config(path: Path) -> CustodianConfig:
    """Read a configuration. Raises SettingsFault `custodian_config_missing`,
    `custodian_settings`."""
    found = read_config_file(path, CustodianConfig, FORMAT, _missing, _unusable)
    beside = path.absolute().parent
    return msgspec.structs.replace(
        found,
        socket=beside / found.socket,
        state=beside / found.state,
        keys=tuple(beside / each for each in found.keys),
    )


def start_custodian(config: CustodianConfig, secret: str, log: Log) -> CustodianServer:
    """A custodian of this configuration, which does not listen yet, in a process that leaves no
    core dump from now on. secret: the passphrase of its key files, or the token's PIN. Raises
    KeyFault, SettingsFault."""
    forbid_dumps()
    return CustodianServer(open_serving(config, secret), log)


def open_serving(config: CustodianConfig, secret: str) -> Serving:
    """What a custodian of this configuration serves. Raises as `start_custodian`."""
    if config.token is not None:
        keys = tuple(unwrap_key(each, config.token, secret) for each in config.keys)
    else:
        keys = tuple(
            keyfile.open_key(each, purpose="register", passphrase=secret, allow_unprotected=False)[
                1
            ]
            for each in config.keys
        )
    return Serving(
        keys,
        config.socket,
        config.state,
        config.openings_per_day,
        config.group,
        config.lend_key,
        lambda: datetime.now(UTC).date(),
    )


def _missing(place: str) -> SettingsFault:
    return SettingsFault(
        "custodian_config_missing",
        "there is no readable configuration of a key custodian here",
        place=place,
        cure="Name one with --config; docs/operate/custodian.md shows one.",
    )


def _unusable(why: str, place: str) -> SettingsFault:
    return SettingsFault(
        "custodian_settings",
        f"the configuration cannot be used: {why}",
        place=place,
        cure="Correct the field; docs/operate/custodian.md lists them.",
    )
