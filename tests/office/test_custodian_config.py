"""A custodian's configuration is closed by default, and its process says where it is ready, leaves
no core dump, and stops when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError
from counterfoil.office.keys.custodian_config import open_serving, read_custodian_config
from counterfoil.office.keys.token import Token, unwrap_key, wrap_key
from counterfoil.register import key_id
from counterfoil.register.custody.client import Channel, RemoteCustodian
from tests.register.custody.serving import short_folder
from tests.world import softhsm

SECRET = bytes(range(64))
PASSPHRASE = "four words nobody joins"
CONFIG = """format = "counterfoil-custodian-config-1"
socket = "ask.sock"
state = "openings.json"
openings_per_day = 7
keys = ["register.key"]
"""
SIXTY = 60


def write(folder: Path, text: str = CONFIG) -> Path:
    path = folder / "custodian.toml"
    path.write_text(text, encoding="utf-8")
    return path


def make_key(folder: Path) -> Path:
    path = folder / "register.key"
    keyfile.seal_key(
        path, name="tax-office", purpose="register", secret=SECRET, passphrase=PASSPHRASE
    )
    return path


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("config-1", "config-2"),
        ('keys = ["register.key"]\n', ""),
        ('keys = ["register.key"]', "keys = []"),
        ("= 7", '= "7"'),
        ("= 7", "= 7\nlends = true"),
        ("= 7", "= "),
        ('keys = ["register.key"]', 'keys = ["register.key"]\n[token]\nmodule = "m"'),
    ],
)
def test_an_unknown_or_missing_field_refuses(tmp_path: Path, old: str, new: str) -> None:
    assert old in CONFIG
    path = write(tmp_path, CONFIG.replace(old, new))
    assert code_of(lambda: read_custodian_config(path)) == "custodian_settings"


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert code_of(lambda: read_custodian_config(tmp_path / "x")) == "custodian_config_missing"


def test_the_process_serves_until_it_is_told_to_stop() -> None:
    with short_folder() as folder:
        make_key(folder)
        (folder / "phrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
        command = [
            sys.executable, "-c", "from counterfoil.cli import main; main()",
            "custodian", "serve", "--json",
        ]  # fmt: skip
        given = ["--config", str(write(folder)), "--passphrase-file", str(folder / "phrase")]
        with subprocess.Popen(
            [*command, *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            assert said == {"ready": str(folder / "ask.sock")}
            channel = Channel(folder / "ask.sock")
            assert channel.key_ids() == [key_id(SECRET)]
            custodian = RemoteCustodian(channel, key_id(SECRET), 100)
            custodian.reserve(7)
            assert code_of(lambda: custodian.reserve(1)) == "custodian_limit"
            limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="utf-8")
            [core] = [line for line in limits.splitlines() if line.startswith("Max core file")]
            assert core.split()[4:6] == ["0", "0"]
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=SIXTY)
            assert process.returncode == 0
            assert b"custodian_limit" in errors
            assert SECRET[:8] not in errors
            assert not (folder / "ask.sock").exists()


# -- a key that a token wraps --------------------------------------------------------------------


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Any:
    before = os.environ.get("SOFTHSM2_CONF")
    softhsm.make_token(tmp_path_factory.mktemp("hsm"))
    assert softhsm.MODULE is not None
    yield Token(softhsm.MODULE, softhsm.LABEL, softhsm.KEY)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]


@pytest.mark.softhsm
def test_a_wrapped_key_is_served_as_the_key_itself(token: Token, tmp_path: Path) -> None:
    wrapped = tmp_path / "register.wrapped"
    wrap_key(wrapped, "tax-office", SECRET, token, softhsm.PIN)
    assert SECRET[:8] not in wrapped.read_bytes()
    assert wrapped.stat().st_mode & 0o777 == 0o600
    assert code_of(lambda: wrap_key(wrapped, "x", SECRET, token, softhsm.PIN)) == "key_not_written"
    text = CONFIG.replace("register.key", "register.wrapped") + (
        f'[token]\nmodule = "{token.module}"\nlabel = "{token.label}"\nkey = "{token.key}"\n'
    )
    serving = open_serving(read_custodian_config(write(tmp_path, text)), softhsm.PIN)
    assert serving.keys == (SECRET,)


@pytest.mark.softhsm
def test_each_way_a_token_fails_has_its_code(token: Token, tmp_path: Path) -> None:
    wrapped = tmp_path / "register.wrapped"
    wrap_key(wrapped, "tax-office", SECRET, token, softhsm.PIN)
    for made, pin, code in (
        (token, "0000-0000", "token_pin"),
        (token, "", "token_pin"),
        (Token(token.module, "elsewhere", token.key), softhsm.PIN, "token_missing"),
        (Token(token.module, token.label, "elsewhere"), softhsm.PIN, "token_key_missing"),
        (Token(str(tmp_path / "x.so"), token.label, token.key), softhsm.PIN, "token_module"),
    ):
        assert code_of(lambda at=made, by=pin: unwrap_key(wrapped, at, by)) == code
    assert unwrap_key(wrapped, token, softhsm.PIN) == SECRET


@pytest.mark.softhsm
def test_a_wrapped_key_that_was_altered_is_refused(token: Token, tmp_path: Path) -> None:
    wrapped = tmp_path / "register.wrapped"
    wrap_key(wrapped, "tax-office", SECRET, token, softhsm.PIN)
    body = json.loads(wrapped.read_bytes())
    for name, value, code in (
        ("name", "other-office", "wrapped_key_altered"),
        ("nonce", "AAAAAAAAAAAAAAAA", "wrapped_key_altered"),
        ("wrapped", "AAAA" + body["wrapped"][4:], "wrapped_key_altered"),
        ("wrapped", body["wrapped"][:-4], "wrapped_key_altered"),
        ("wrapped", "", "wrapped_key_altered"),
        ("wrapped", 7, "wrapped_key_unreadable"),
        ("nonce", "AAAA", "wrapped_key_unreadable"),
        ("format", "x", "wrapped_key_unreadable"),
        ("more", "x", "wrapped_key_unreadable"),
    ):
        wrapped.write_text(json.dumps(body | {name: value}), encoding="utf-8")
        assert code_of(lambda: unwrap_key(wrapped, token, softhsm.PIN)) == code
    wrapped.write_bytes(b"[]")
    assert code_of(lambda: unwrap_key(wrapped, token, softhsm.PIN)) == "wrapped_key_unreadable"
