"""The manifest counts names under a salt that is in no file."""

from __future__ import annotations

import json

from counterfoil.matching.weights import name_key
from tests.world.office import World
from tests.world.people import SOURCE, person


def test_who_has_the_manifest_alone_cannot_ask_whether_a_name_is_in_it(world: World) -> None:
    many = [
        person(
            f"m{n}",
            "Marisol",
            f"Quin{chr(97 + n)}tana",
            f"{1000 + n} Heron Lake Rd",
            tin=f"901-00-{n + 1:04d}",
        )
        for n in range(26)
    ]
    world.build([*SOURCE, *many])
    folder = max((world.path / "register").glob("0*"))
    evidence = json.loads((folder / "manifest.json").read_bytes())["evidence"]
    custodian = world.office.custodian()
    assert evidence["salt"] == ""
    assert name_key(custodian.names_salt(), "MARISOL") in evidence["given"]
    assert name_key("", "MARISOL") not in evidence["given"]
    assert all(
        custodian.names_salt().encode() not in path.read_bytes() for path in folder.iterdir()
    )


def test_the_learned_weights_reach_the_decision(world: World) -> None:
    with world.office.open_register() as sealed:
        assert sealed.manifest.evidence
        assert world.office.weights(sealed.manifest).salt == world.office.custodian().names_salt()
