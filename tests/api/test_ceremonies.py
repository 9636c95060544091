"""Acts that officers sign one after the other, on a page or over HTTP, and security keys that they
register on a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from counterfoil import client
from counterfoil.batches.security_keys import to_base64url
from counterfoil.cli.app import app
from counterfoil.client.ceremonies import Begun, Ceremonies, read_credential
from counterfoil.client.registration import MOST, Registration, Registrations
from counterfoil.controls.suspension import service as suspension
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Statement, Upload
from counterfoil.core.values import Role
from counterfoil.office.officers import EnrollOfficer, RetireOfficer
from tests.api import doors
from tests.api.doors import Desk
from tests.world import acts
from tests.world.authenticators import RP, KeyedOfficer, SoftKey, enrolled, with_pages
from tests.world.office import World


@pytest.fixture
def paged(world: World) -> World:
    with_pages(world)
    return world


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    assert fault.value.cure
    return fault.value.code


# -- registering -------------------------------------------------------------------------------


def test_two_security_keys_are_registered_enrolled_by_two_officers_and_sign(paged: World) -> None:
    registrations, ceremonies = Registrations(paged.office), Ceremonies(paged.office)
    first, second = SoftKey("maya 1"), SoftKey("maya 2", "EdDSA")
    made = registrations.begin("m-okafor")
    assert made.options is not None
    assert made.options["authenticatorSelection"]["userVerification"] == "required"
    made = registrations.add(made.id, first.create(made.options))
    assert made.options is not None
    assert made.options["excludeCredentials"] == [
        {"type": "public-key", "id": to_base64url(first.credential)}
    ]
    made = registrations.add(made.id, json.dumps(second.create(made.options)))
    assert made.officer is not None and made.options is None
    assert registrations.made() == [made]
    vkey = paged.directory / "m-okafor.vkey"
    vkey.write_text(made.officer.vkey + "\n")
    told = CliRunner().invoke(app, ["officer", "code", str(vkey), "--json"])
    assert json.loads(told.stdout) == {"officer": "m-okafor", "code": made.code}

    a, b = paged.officer("a"), paged.officer("b")
    command = EnrollOfficer(officer=made.officer)
    begun = ceremonies.begin(a.officer, "officer-enroll", command)
    assert begun.options is None
    signature = a.sign(begun.statement).signature
    done = ceremonies.finish(a.officer, begun.id, signature=signature)
    assert (done.result, done.waits_for) == (None, Role.DISCLOSURE)
    assert [each.id for each in ceremonies.waiting(b.officer)] == [begun.id]
    assert ceremonies.waiting(a.officer) == []
    assert ceremonies.command(b.officer, begun.id) == command
    again = ceremonies.join(b.officer, begun.id)
    assert again.signed == ("officer-a",) and again.code != begun.code
    done = ceremonies.finish(b.officer, again.id, signature=b.sign(again.statement).signature)
    assert done.result == made.officer
    assert registrations.made() == []
    begun = ceremonies.begin(made.officer, "suspend", _suspend(paged))
    assert begun.options is not None
    assert begun.options["userVerification"] == "required"
    ceremonies.finish(made.officer, begun.id, credential=second.get(begun.options))


def test_p6_who_does_not_sign_second_stops_nobody_else_from_signing(world: World) -> None:
    """An officer cannot end alone what two others order, such as the end of their enrolment."""
    ceremonies = Ceremonies(world.office)
    a, b = world.officer("a"), world.officer("b")
    c = acts.officer(world, "officer-c", Role.DISCLOSURE)
    begun = ceremonies.begin(a.officer, "officer-retire", RetireOfficer(name=c.officer.name))
    ceremonies.finish(a.officer, begun.id, signature=a.sign(begun.statement).signature)
    ceremonies.join(c.officer, begun.id)
    assert not ceremonies.decline(c.officer, begun.id)
    assert ceremonies.waiting(c.officer) == []
    assert [each.id for each in ceremonies.waiting(b.officer)] == [begun.id]
    again = ceremonies.join(b.officer, begun.id)
    ceremonies.finish(b.officer, again.id, signature=b.sign(again.statement).signature)
    assert _code(lambda: ceremonies.waiting(c.officer)) == "officer_retired"
    begun = ceremonies.begin(a.officer, "suspend", _suspend(world))
    assert ceremonies.decline(a.officer, begun.id)
    assert _code(lambda: ceremonies.asked(a.officer, begun.id)) == "ceremony_unknown"


def test_p10_a_registration_that_is_not_as_it_was_asked_for_is_refused(paged: World) -> None:
    registrations, key = Registrations(paged.office), SoftKey("maya 1")
    made = registrations.begin("m-okafor")
    stale = key.create(_options(made))

    def refused(change: Callable[[dict[str, Any]], object] | None = None, /, **wrong: Any) -> str:
        credential = key.create(_options(registrations.again(made.id)), **wrong)
        if change is not None:
            change(credential)
        return _code(lambda: registrations.add(made.id, credential))

    for wrong, code in (
        ({"origin": "https://evil.example"}, "security_key_origin"),
        ({"origin": f"https://elsewhere.{RP}"}, "security_key_page"),
        ({"type": "webauthn.get"}, "security_key_type"),
        ({"challenge": to_base64url(bytes(32))}, "security_key_challenge"),
        ({"crossOrigin": True}, "security_key_cross_origin"),
        ({"flags": 0x01}, "security_key_unverified"),
        ({"flags": 0x0D}, "security_key_backup"),
        ({"flags": 0x1D}, "security_key_backup"),
        ({"fmt": "tpm"}, "security_key_registration"),
        ({"fmt": "nonesuch"}, "security_key_registration"),
        ({"cose": b""}, "security_key_registration"),
        ({"cose": b"\xa0"}, "security_key_registration"),
        ({"cose": b"\x81" * 5000}, "security_key_registration"),
        ({"cose": b"\xff"}, "security_key_registration"),
        ({"cose": key.cose() + b"\x00"}, "security_key_registration"),
        ({"cose": key.cose()[:-1]}, "security_key_registration"),
        ({"cose": key.cose().replace(b"\x03\x26", b"\x03\x27")}, "security_key_registration"),
        ({"cose": key.cose().replace(b"\x20\x01", b"\x20\x02")}, "security_key_registration"),
        ({"cose": bytes.fromhex("a4010103272006215820") + bytes(32)}, "security_key_weak"),
        ({"cose": key.cose()[:-32] + bytes(32)}, "security_key_weak"),
        (
            {"cose": bytes.fromhex("a401030339010020430100012143010001")},
            "security_key_registration",
        ),
    ):
        assert (wrong, refused(**wrong)) == (wrong, code)
    key.rp = "evil.example"
    assert refused() == "security_key_rp"
    key.rp = RP
    assert refused(lambda said: said.update(type="password")) == "security_key_registration"
    assert refused(lambda said: said.update(id="AAAA")) == "security_key_registration"
    assert refused(lambda said: said.update(response={})) == "security_key_registration"
    assert _code(lambda: registrations.add(made.id, stale)) == "security_key_challenge"
    for nothing in (None, [], "{", "[" * 1000, b"\xff", '{"id":1,"id":2}', "x" * 50_000):
        assert _code(lambda nothing=nothing: registrations.add(made.id, nothing)) == (
            "security_key_registration"
        )
    key.credential = bytes(15)
    assert refused() == "security_key_registration"
    key.credential = bytes(16)
    registrations.add(made.id, key.create(_options(registrations.again(made.id))))
    key.credential = bytes(17)
    assert refused() == "vkey_malformed"  # one key under two credentials is one authenticator


def test_a_registration_is_of_a_new_name_bounded_and_lasts_a_quarter_of_an_hour(
    paged: World,
) -> None:
    registrations = Registrations(paged.office)
    assert _code(lambda: registrations.begin("Officer-A")) == "officer_taken"
    assert _code(lambda: registrations.begin("../a")) == "key_name"
    made = registrations.begin("m-okafor")
    assert _code(lambda: registrations.end(made.id)) == "vkey_malformed"
    for _ in range(MOST - 1):
        registrations.begin("another")
    assert _code(lambda: registrations.begin("another")) == "registrations_too_many"
    paged.now += timedelta(minutes=16)
    assert _code(lambda: registrations.again(made.id)) == "registration_unknown"


def _options(made: Registration) -> dict[str, Any]:
    assert made.options is not None
    return made.options


# -- acts --------------------------------------------------------------------------------------


def _suspend(world: World, text: str = "made up: stop") -> suspension.Suspend:
    return suspension.Suspend(Upload(acts.order(world, text)), "", "office")


def test_a_nonce_is_used_once_whatever_came_of_it(paged: World) -> None:
    ceremonies, maya = Ceremonies(paged.office), enrolled(paged, "m-okafor")
    key = maya.keys[0]
    begun = ceremonies.begin(maya.officer, "suspend", _suspend(paged))
    options = _asked(begun)
    finish = ceremonies.finish
    wrong = key.get(options, flags=0x01)
    assert _code(lambda: finish(maya.officer, begun.id, credential=wrong)) == (
        "security_key_unverified"
    )
    right = key.get(options)
    assert _code(lambda: finish(maya.officer, begun.id, credential=right)) == "ceremony_unknown"
    begun = ceremonies.begin(maya.officer, "suspend", _suspend(paged))
    assert _code(lambda: finish(maya.officer, begun.id, credential=right)) == (
        "security_key_challenge"
    )
    begun = ceremonies.begin(maya.officer, "suspend", _suspend(paged))
    right = key.get(_asked(begun))
    a = paged.officer("a").officer
    assert _code(lambda: finish(a, begun.id, credential=right)) == "ceremony_unknown"
    finish(maya.officer, begun.id, credential=right)
    assert _code(lambda: finish(maya.officer, begun.id, credential=right)) == "ceremony_unknown"
    late = ceremonies.begin(maya.officer, "suspend", _suspend(paged, "made up: again"))
    paged.now += timedelta(minutes=16)
    right = key.get(_asked(late))
    assert _code(lambda: finish(maya.officer, late.id, credential=right)) == "ceremony_unknown"


def test_two_officers_sign_on_their_own_machines_in_any_order_of_what_they_began(
    paged: World,
) -> None:
    ceremonies, maya = Ceremonies(paged.office), enrolled(paged, "m-okafor")
    b = paged.officer("b")
    for name in ("x", "y"):
        client.create_officer(
            paged.office, paged.path / "keys", name, None, Role.HOLDS, (paged.officer("a"), b)
        )
    first = ceremonies.begin(maya.officer, "officer-retire", RetireOfficer(name="x"))
    ceremonies.finish(maya.officer, first.id, credential=maya.keys[0].get(_asked(first)))
    # She signs another act, whose sign count is higher, before the first one is done.
    other = ceremonies.begin(maya.officer, "suspend", _suspend(paged))
    ceremonies.finish(maya.officer, other.id, credential=maya.keys[0].get(_asked(other)))
    assert _code(lambda: ceremonies.join(maya.officer, first.id)) == "officers_same"
    holds = client.sandbox_key(paged.office, "y").officer
    assert _code(lambda: ceremonies.join(holds, first.id)) == "ceremony_unknown"
    assert _code(lambda: ceremonies.command(holds, first.id)) == "ceremony_unknown"
    second = ceremonies.join(b.officer, first.id)
    stale = b.sign(first.statement).signature
    assert _code(lambda: ceremonies.finish(b.officer, second.id, signature=stale)) == (
        "officer_signature"
    )
    second = ceremonies.join(b.officer, first.id)
    done = ceremonies.finish(b.officer, second.id, signature=b.sign(second.statement).signature)
    assert done.result.name == "x"
    assert _code(lambda: ceremonies.join(b.officer, first.id)) == "ceremony_unknown"


def test_who_may_not_begins_nothing_and_what_is_left_is_forgotten_with_its_files(
    paged: World,
) -> None:
    ceremonies, maya = Ceremonies(paged.office), enrolled(paged, "m-okafor")
    stranger = KeyedOfficer("stranger").officer
    begin = ceremonies.begin
    assert _code(lambda: begin(stranger, "suspend", _suspend(paged))) == "actor_refused"
    assert _code(lambda: begin(maya.officer, "hold-add", _suspend(paged))) == "action_refused"
    assert _code(lambda: begin(maya.officer, "batches", _suspend(paged))) == "action_unknown"
    files = TemporaryDirectory(dir=paged.directory)
    begun = begin(maya.officer, "suspend", _suspend(paged), files)
    for _ in range(20):
        begin(maya.officer, "suspend", _suspend(paged))
    assert not Path(files.name).exists()
    assert _code(lambda: ceremonies.join(maya.officer, begun.id)) == "ceremony_unknown"


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(type="password"),
        lambda said: said.update(id=7),
        lambda said: said.update(response=None),
        lambda said: said["response"].update(signature=""),
        lambda said: said["response"].update(signature="AA=="),
        lambda said: said["response"].pop("clientDataJSON"),
    ],
)
def test_p10_what_no_browser_sends_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    maya = KeyedOfficer("m-okafor")
    options = {"challenge": to_base64url(bytes(32)), "allowCredentials": [{"id": ""}]}
    options["allowCredentials"] = [{"id": to_base64url(maya.keys[0].credential)}]
    said = maya.keys[0].get(options)
    assert read_credential(json.dumps(said)) == read_credential(said)
    change(said)
    assert _code(lambda: read_credential(said)) == "security_key_malformed"


def _asked(begun: Begun) -> dict[str, Any]:
    assert begun.options is not None
    return begun.options


# -- over HTTP ---------------------------------------------------------------------------------


def test_the_door_takes_each_officers_signature_apart(paged: World) -> None:
    a, b = paged.officer("a"), paged.officer("b")
    command = {"officer": msgspec.to_builtins(KeyedOfficer("m-okafor").officer)}
    with doors.office(paged) as (_, http, log):
        first, second = Desk(http, paged, a), Desk(http, paged, b)
        begun = first.call("POST", "/v1/ceremonies/officer-enroll", command).json()
        place = f"/v1/ceremonies/{begun['id']}"
        done = first.call("POST", f"{place}/signature", {"signature": _by(a, begun)}).json()
        assert (done["result"], done["waits_for"]) == (None, "disclosure")
        [waits] = second.call("GET", "/v1/ceremonies").json()["waiting"]
        assert (waits["id"], waits["signed"]) == (begun["id"], ["officer-a"])
        joined = second.call("POST", f"{place}/join").json()
        wrong = second.call("POST", f"{place}/signature", {"signature": {"scheme": "x"}})
        assert wrong.json()["code"] == "body_json"
        done = second.call("POST", f"{place}/signature", {"signature": _by(b, joined)}).json()
        assert done["result"]["name"] == "m-okafor"
        assert log[-1]["event"] == "act"


def test_the_door_s_acts_take_a_security_keys_signature_too_and_it_lets_nobody_in_by_one(
    paged: World,
) -> None:
    maya, a = enrolled(paged, "m-okafor"), paged.officer("a")
    with doors.office(paged) as (_, http, _log):
        desk = Desk(http, paged, a)
        command = {"name": "officer-b"}
        stated = desk.call("POST", "/v1/statements/officer-retire", command)
        statement = msgspec.convert(stated.json(), Statement)
        signatures = [msgspec.to_builtins(key.sign(statement)) for key in (a, maya)]
        body = {"command": command, "signatures": signatures}
        assert desk.call("POST", "/v1/acts/officer-retire", body).json()["name"] == "officer-b"
        as_maya = {"officer": maya.officer.name}
        refused = desk.call("GET", "/v1/me", other=as_maya)
        assert (refused.status_code, refused.json()["code"]) == (401, "officer_request")


def _by(key: client.OfficerKey, begun: dict[str, Any]) -> Any:
    return msgspec.to_builtins(key.sign(msgspec.convert(begun["statement"], Statement)).signature)


# -- the officer's own tool --------------------------------------------------------------------


def test_the_officers_own_tool_shows_what_the_page_shows(paged: World, tmp_path: Path) -> None:
    begun = Ceremonies(paged.office).begin(paged.officer("a").officer, "suspend", _suspend(paged))
    file = tmp_path / "statement.json"
    file.write_bytes(msgspec.json.encode(begun.statement))
    told = CliRunner().invoke(app, ["officer", "code", str(file), "--json"])
    said = json.loads(told.stdout)
    assert (said["code"], said["act"]) == (begun.code, "suspend")
    assert len(begun.code) == 19
    for text in ("{}", "[", '{"act":"a","act":"b"}', json.dumps({**said, "more": 1})):
        file.write_text(text)
        told = CliRunner().invoke(app, ["officer", "code", str(file), "--json"])
        assert told.exit_code != 0
        assert json.loads(told.stdout)["error"]["code"] in (
            "statement_unreadable",
            "vkey_malformed",
        )
