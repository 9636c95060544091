"""The descriptions of the doors say what the doors do: each route, each method, each status of a
code; and what is thrown at them by machine finds no failure and no answer that they do not name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from starlette.routing import Route

from counterfoil.api import gateway as gateway_module
from counterfoil.api.door import application
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.client.actions import ACTIONS
from counterfoil.exchange.mailbox import Mailbox
from tests.api import doors
from tests.api.doors import ITEM, Lines
from tests.api.test_gateway import HOLDER
from tests.world.office import World

FOLDER = Path(gateway_module.__file__).parent


def _described(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def _said(described: dict[str, Any]) -> set[tuple[str, str]]:
    methods = {"get", "put", "post"}
    return {
        (method.upper(), path)
        for path, item in described["paths"].items()
        for method in item
        if method in methods
    }


def _served(routes: list[Any]) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r":path}", "}", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_the_gateways_description_names_its_routes(tmp_path: Path) -> None:
    made = Gateway(GatewaySettings(tmp_path, tmp_path, HOLDER), Lines())
    assert _said(_described("gateway.openapi.yaml")) == _served(made.app().routes)


def test_the_offices_description_names_its_routes(world: World) -> None:
    with doors.office(world) as (door, client, _):
        assert _said(_described("office.openapi.yaml")) == _served(door.app().routes)
        assert client.get("/v1/openapi.yaml").text.startswith("openapi: 3.1")


def test_an_application_without_routes_serves_nothing() -> None:
    counted: list[tuple[str, int]] = []
    client = doors.Client(application((), Lines(), lambda *each: counted.append(each)))
    assert client.get("/").status_code == 404
    assert counted == [("", 404)]
    client.close()


def _thrown(
    client: doors.Client,
    described: dict[str, Any],
    headers: Callable[[str, str, bytes], dict[str, str]],
    known: Sequence[dict[str, str]] = (),
) -> list[int]:
    """The statuses of what is thrown at every operation: what its description allows, what it
    forbids, and both where these parts of its path are `known` to exist. Each answer is one that
    the description names, in its form. `headers` are those of a method, a path and a body."""
    schema = schemathesis.openapi.from_dict(described)
    seen: list[int] = []

    def throw(case: schemathesis.Case) -> None:
        request = _request(client, case, headers)
        if request is not None:
            answer = client.runner.run(client.client.send(request))
            seen.append(answer.status_code)
            _check_answer(described, answer)
            case.operation.validate_response(answer)

    for found in schema.get_all_operations():
        operation = found.ok()
        if "{path}" in operation.path:
            continue  # a tile's name has slashes, which no generator writes: see test_gateway.py
        places: list[dict[str, str] | None] = [None]
        places += [each for each in known if all(f"{{{name}}}" in operation.path for name in each)]
        for place in places:
            for mode in GenerationMode:
                with suppress(Unsatisfiable):  # nothing is forbidden to an operation without parts
                    made = operation.as_strategy(mode, path_parameters=place)
                    _EXAMPLES(given(case=made)(throw))()
    return seen


_EXAMPLES = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _request(
    client: doors.Client,
    case: schemathesis.Case,
    headers: Callable[[str, str, bytes], dict[str, str]],
) -> httpx.Request | None:
    """The request of a case; None where no client can send it."""
    sent = case.as_transport_kwargs(base_url="http://door.test")
    body = sent.get("data") or sent.get("json")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if isinstance(body, str):
        content = body.encode("utf-8", "replace")
    if sent["method"] not in ("PUT", "POST"):
        content = b""
    try:
        request = client.client.build_request(
            sent["method"],
            sent["url"],
            content=content or None,
            headers=dict(sent.get("headers") or {}),
            params=sent.get("params"),
        )
        said = headers(request.method, request.url.raw_path.decode(), content)
        request.headers.update(said)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    return request


def _check_answer(described: dict[str, Any], answer: httpx.Response) -> None:
    assert answer.status_code != 500
    kind = answer.headers["Content-Type"].partition(";")[0]
    if answer.status_code >= 400 and kind != "application/json":
        assert kind == "application/problem+json"
        problem = described["components"]["schemas"]["problem"]
        jsonschema_rs.validate(problem, answer.json())
        assert answer.json()["status"] == answer.status_code


def test_nothing_that_is_thrown_at_the_gateway_fails(tmp_path: Path) -> None:
    """Over an empty mailbox, and where the item that is asked for has arrived and was answered."""
    with doors.gateway(tmp_path, HOLDER, open_files=True, most_bytes=10_000) as (client, log):
        mailbox = Mailbox(tmp_path / "mailbox")
        assert client.put(f"/v1/items/{ITEM}", content=b"an item").status_code == 201
        for path in (mailbox.receipt(ITEM), mailbox.answer(ITEM)):
            path.write_bytes(b"eyJ9.eyJ9.AAAA")
        described = _described("gateway.openapi.yaml")
        seen = _thrown(client, described, lambda *_: {}, [{"item": ITEM}])
    assert len(seen) > 30
    assert {200, 201, 400, 404, 409} <= set(seen)
    assert [line for line in log if line["event"] == "failed"] == []


def test_nothing_that_is_thrown_at_the_office_fails(world: World) -> None:
    """By somebody who cannot sign, and by an officer whose client signs whatever it sends."""
    known = [{"action": name} for name in list(ACTIONS)[::9]]
    with doors.office(world) as (_, client, log):
        described = _described("office.openapi.yaml")
        unsigned = _thrown(client, described, lambda *_: {"Host": doors.HOST})
        desk = doors.Desk(client, world, world.officer("a"))

        def signed(method: str, path: str, body: bytes) -> dict[str, str]:
            return {"Host": doors.HOST, "Authorization": desk.header(method, path, body)}

        seen = _thrown(client, described, signed, known)
    assert len(unsigned) > 25 and len(seen) > 30
    assert set(unsigned) <= {200, 401, 404, 405, 415, 422, 400, 429, 413}
    assert {200, 400, 404} <= set(seen)
    assert set(seen) <= {200, 400, 401, 403, 404, 405, 409, 413, 415, 422}
    assert seen.count(401) < len(seen) // 4  # it is behind the door that they are thrown
    assert [line for line in log if line["event"] == "failed"] == []


def test_no_question_that_an_officer_signs_fails(world: World) -> None:
    """Texts that nobody would write, in every field of every question."""
    with doors.office(world) as (_, client, log):
        desk = doors.Desk(client, world, world.officer("a"))
        for action in ACTIONS.values():
            fields = getattr(action.takes, "__struct_fields__", ())
            for text in ("", "\0", "\u2028\u202e", "' OR 1=1 --", "9" * 5000):
                value = dict.fromkeys(fields, text) if fields else text
                path = "questions" if action.kind == "question" else "statements"
                answer = desk.call("POST", f"/v1/{path}/{action.name}", value)
                assert answer.status_code in (200, 400, 403, 404, 409, 422), answer.text
    assert [line for line in log if line["event"] == "failed"] == []
