"""The gateway's process, its pages included, imports nothing that holds or uses a secret key, and
nothing of an office."""

from __future__ import annotations

import subprocess
import sys

ALLOWED = {"api", "core", "exchange", "service", "tlog", "web"}
_ASK = """
import sys
import counterfoil.service.gateway_process
print(*sorted(each for each in sys.modules if each.startswith("counterfoil.")))
print(*sorted(each for each in sys.modules if each in ("sqlalchemy", "lmdb", "webauthn", "authlib")))
"""


def test_the_gateway_imports_no_office_no_key_and_no_database() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    ours, others = (line.split() for line in done.stdout.splitlines())
    assert {each.split(".")[1] for each in ours} <= ALLOWED
    assert others == []
    for name in ("core.keyfile", "exchange.outbox", "exchange.intake_keys", "exchange.folders"):
        assert f"counterfoil.{name}" not in ours
    assert [each for each in ours if each.startswith("counterfoil.api.")] == [
        f"counterfoil.api.{name}" for name in ("bodies", "door", "gateway", "limits", "problems")
    ]
