"""verify.html says of signatures by officers' security keys what `evidence check` says: the two were
written apart, and each refuses what the other refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from counterfoil import client
from counterfoil.accountability.evidence import check_public
from counterfoil.batches.security_keys import read_assertion, to_base64url
from counterfoil.batches.statements import keep_signed, read_signed, security_key_signature
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Signed, Statement
from counterfoil.core.values import Officer
from counterfoil.disclosure import ReleaseBatch, ReviewBatch
from counterfoil.tlog import VerifierKey
from tests.accountability.evidence.bundles import make, signed_again
from tests.accountability.publication.both import Asked, by_page
from tests.world.authenticators import ORIGIN, KeyedOfficer, SoftKey, enrolled, sign_act, with_pages
from tests.world.office import World

Change = Callable[[dict[str, Any]], object]


def _signature(officer: Officer, sign: Callable[[Statement], Signed]) -> Change:
    """Another signature of the review, over the same statement."""

    def changed(body: dict[str, Any]) -> None:
        said = read_signed(body["review"]["signature"], officer).statement
        body["review"]["signature"] = keep_signed(sign(said))

    return changed


def _altered(maya: KeyedOfficer, part: str, at: int) -> Callable[[Statement], Signed]:
    """A bit of one part of an assertion turned over."""

    def sign(said: Statement) -> Signed:
        signed = maya.sign(said)
        made = read_assertion(signed.signature.value, signed.signature.client_data)
        data = bytearray(getattr(made, part))
        data[at] ^= 1
        made = msgspec.structs.replace(made, **{part: bytes(data)})
        return msgspec.structs.replace(signed, signature=security_key_signature(made))

    return sign


@pytest.mark.browser
def test_security_keys_are_judged_as_evidence_check_judges_them(world: World) -> None:
    with_pages(world)
    maya, nina = enrolled(world, "m-okafor"), enrolled(world, "n-ruiz")
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    sign_act(world, "review", ReviewBatch(batch=batch), maya)
    sign_act(world, "release", ReleaseBatch(batch=batch), nina, 1)
    bundle, officer = make(world, batch), maya.officer
    other = KeyedOfficer("m-okafor", SoftKey("stranger 1"), SoftKey("stranger 2"))
    twin = KeyedOfficer("twin", SoftKey("twin 1"), nina.keys[0])
    changes = {
        "nothing": lambda _: None,
        "the other key": _signature(officer, lambda said: maya.sign(said, 1)),
        "no crossOrigin": _signature(officer, lambda said: maya.sign(said, crossOrigin=None)),
        "another member": _signature(officer, lambda said: maya.sign(said, more={"a": [1, "x:"]})),
        "another's": _signature(officer, other.sign),
        "under one's own name": lambda body: body["review"].update(
            officer=msgspec.to_builtins(twin.officer)
        ),
        **{
            f"{name} {value}": _signature(
                officer, lambda said, name=name, value=value: maya.sign(said, **{name: value})
            )
            for name, value in (
                ("type", "webauthn.create"),
                ("challenge", to_base64url(bytes(32))),
                ("origin", "https://evil.example"),
                ("origin", "https://office.example.evil.example"),
                ("origin", "http://office.example"),
                ("crossOrigin", True),
                ("crossOrigin", 0),
                ("topOrigin", "https://evil.example"),
                ("flags", 0x01),
                ("flags", 0x04),
                ("flags", 0x0D),
                ("flags", 0x45),
                ("more", "x" * 4096),
                ("more", [[[[]]]] * 25),
            )
        },
        **{
            f"a bit of {part} {at}": _signature(officer, _altered(maya, part, at))
            for part, at in (
                ("credential", 0),
                ("authenticator_data", 0),
                ("authenticator_data", 32),
                ("authenticator_data", 36),
                ("client_data_json", 0),
                ("client_data_json", -1),
                ("signature", 0),
                ("signature", 1),
                ("signature", 3),
                ("signature", -1),
            )
        },
    }
    signed = {name: signed_again(world, bundle, change) for name, change in changes.items()}
    holder = str(world.office.holder_key)
    said = by_page(
        [Asked(name, "bundle", "bundle", {"bundle": data}, holder) for name, data in signed.items()]
    )
    verdicts = {name: _holds(data, world.office.holder_key) for name, data in signed.items()}
    assert [name for name, holds in verdicts.items() if holds] == [*changes][:4]
    for name, found in zip(signed, said, strict=True):
        assert found.code == (0 if verdicts[name] else 5), (name, found)
    assert f"Signed with a security key on {ORIGIN}" in said[0].lines[4]


def _holds(data: bytes, holder: VerifierKey) -> bool:
    try:
        check_public(data, holder)
    except CounterfoilError:
        return False
    return True
