"""`counterfoil custodian serve | wrap`: the register key's custodian as a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import AsJson, ask, passphrase_for, read_passphrase
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core import keyfile
from counterfoil.core.errors import SettingsFault
from counterfoil.office.keys.custodian_config import (
    CustodianConfig,
    read_custodian_config,
    start_custodian,
)
from counterfoil.office.keys.token import wrap_key
from counterfoil.service.log import log_of
from counterfoil.service.processes import until_stopped

app = group(
    "Keep the register key in a process of its own, which counts what it opens.",
    "custodian serve --config custodian.toml",
    "custodian wrap register.key --config custodian.toml --to register.wrapped",
)
ConfigFile = Annotated[
    Path, typer.Option("--config", help="The custodian's configuration.", show_default=False)
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line opens the keys: a passphrase, or the token's PIN.",
        show_default=False,
    ),
]


def serve(config: ConfigFile, passphrase_file: SecretFile = None, as_json: AsJson = False) -> None:
    """Answer the office at the socket that the configuration names, until it is stopped. Needs the
    passphrase of its key files, or the PIN of the token."""
    with faults(as_json=as_json), until_stopped() as stopped:
        found = read_custodian_config(config)
        secret = read_passphrase(passphrase_file) or ask(_asked(found))
        with start_custodian(found, secret, log_of("custodian")).listening() as answer:
            show({"ready": str(found.socket)}, f"ready custodian {found.socket}", as_json=as_json)
            answer(stopped)
        say("Stopped.", quiet=as_json)


def wrap(
    path: Annotated[Path, typer.Argument(metavar="KEY", help="A register key file.")],
    config: ConfigFile,
    to: Annotated[
        Path, typer.Option("--to", help="The new file of the wrapped key.", show_default=False)
    ],
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--key-passphrase-file",
            help="File whose first line opens the key file.",
            show_default=False,
        ),
    ] = None,
    pin_file: Annotated[
        Path | None,
        typer.Option(
            "--pin-file", help="File whose first line is the token's PIN.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Wrap a register key by the AES key on the token that the configuration names. The key file
    stays as it is: keep it away from this machine, or destroy it."""
    with faults(as_json=as_json):
        token = read_custodian_config(config).token
        if token is None:
            raise SettingsFault(
                "custodian_no_token",
                "the configuration names no token",
                place="token",
                cure="Write [token] with `module`, `label` and `key`.",
            )
        name, secret = keyfile.open_key(
            path,
            purpose="register",
            passphrase=passphrase_for(path, key_passphrase_file),
            allow_unprotected=False,
        )
        pin = read_passphrase(pin_file) or ask(f"PIN of {token.label}")
        wrap_key(to, name, secret, token, pin)
        show({"wrapped": to.name}, f"Wrapped: {to.name}", as_json=as_json)


def _asked(config: CustodianConfig) -> str:
    return f"PIN of {config.token.label}" if config.token else "Passphrase of the register key"


add_verb(app, serve, "custodian serve --config custodian.toml")
add_verb(app, wrap, "custodian wrap register.key --config custodian.toml --to register.wrapped")
