"""`counterfoil serve office | gateway | all`: a service's processes, until they are stopped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import AsJson
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.passphrases import ask, read_passphrase
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.errors import KeyFault, UsageFault
from counterfoil.office.settings import read_settings
from counterfoil.service.config import ServiceConfig, read_config
from counterfoil.service.processes import run_service, until_stopped
from counterfoil.service.sandbox import prepare_sandbox

_MOST_PASSPHRASE = 65_536
app = group(
    "Serve an office: the gateway for requesters, the office for officers.",
    "serve all --sandbox --dir sandbox --port 8440",
    "serve office --config service.toml",
    "serve gateway --config service.toml",
)
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="The service's configuration.", show_default=False)
]


def office(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Serve what officers reach, and work the queue: this process's children hold the office's
    keys. Runs until it is stopped."""
    with faults(as_json=as_json):
        _serve(_config(config), frozenset({"office"}), as_json=as_json)


def gateway(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Serve what requesters reach: no key, and no office. Runs until it is stopped."""
    with faults(as_json=as_json):
        _serve(_config(config), frozenset({"gateway"}), as_json=as_json)


def everything(
    config: ConfigFile = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Made-up people, with keys and everything to try.")
    ] = False,
    directory: Annotated[
        Path, typer.Option("--dir", help="Where the sandbox is made, or stands already.")
    ] = Path("sandbox"),
    port: Annotated[
        int, typer.Option(help="Port of the sandbox's gateway; the office has the next one.")
    ] = 8440,
    as_json: AsJson = False,
) -> None:
    """Serve both on one machine. Prints where each is ready, and runs until it is stopped."""
    with faults(as_json=as_json):
        if sandbox:
            made = prepare_sandbox(directory, port)
            say(
                f"A sandbox of made-up people: see {directory}/README.txt for how to begin.",
                quiet=as_json,
            )

            _serve(made, frozenset({"gateway", "office"}), as_json=as_json)
        else:
            _serve(_config(config), frozenset({"gateway", "office"}), as_json=as_json)


def _config(path: Path | None) -> ServiceConfig:
    if path is None:
        raise UsageFault(
            "config_missing",
            "a service needs its configuration",
            place="--config",
            cure="Name it with --config, or serve a sandbox with `counterfoil serve all "
            "--sandbox`.",
        )
    return read_config(path)


def _serve(config: ServiceConfig, doors: frozenset[str], *, as_json: bool) -> None:
    passphrase = _passphrase(config) if "office" in doors else None
    with until_stopped() as stopped, run_service(config, doors, passphrase) as service:
        lines = [f"ready {door} {url}" for door, url in service.urls.items()]
        show({"ready": dict(service.urls)}, "\n".join(lines), as_json=as_json)
        service.watch(stopped)
    say("Stopped. What was begun goes on at the next start.", quiet=as_json)


def _passphrase(config: ServiceConfig) -> str | None:
    """The passphrase of the office's keys, from where the configuration says. Raises KeyFault."""
    source = config.office_door.keys if config.office_door else "prompt"
    kind, _, named = source.partition(":")
    if kind == "sandbox":
        if not read_settings(config.office).sandbox:
            raise KeyFault(
                "keys_sandbox",
                "only a sandbox's keys need no passphrase",
                place="keys",
                cure="Write `prompt`, `credential:NAME` or `fd:N` in the configuration.",
            )
        return None
    if kind == "credential":
        return read_passphrase(Path(os.environ.get("CREDENTIALS_DIRECTORY", "")) / named)
    if kind == "fd":
        return _from_descriptor(int(named))
    return ask("Passphrase of the office")


def _from_descriptor(number: int) -> str:
    try:
        with os.fdopen(number, "rb") as file:
            line = file.read(_MOST_PASSPHRASE).splitlines()[0].decode("utf-8")
    except (OSError, ValueError, IndexError):
        line = ""
    if not line:
        raise KeyFault(
            "passphrase_unreadable",
            "the passphrase file cannot be read",
            place=f"fd:{number}",
            cure="Check its path and permissions.",
        )
    return line


add_verb(app, office, "serve office --config service.toml")
add_verb(app, gateway, "serve gateway --config service.toml")
add_verb(app, everything, "serve all --sandbox --dir sandbox --port 8440", name="all")
