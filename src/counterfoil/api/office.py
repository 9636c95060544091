"""The office's door: what officers reach over HTTP, from their own machines. Its routes are in
office.openapi.yaml.

    GET  /v1/office                  the office's name, to anybody
    GET  /v1/health                  200 while the office can answer
    GET  /v1/me                      the officer who asks, and the role
    POST /v1/questions/{action}      put a question; the body is the question, or null
    POST /v1/statements/{action}     what an officer is to sign for an act; the body is its command
    POST /v1/acts/{action}           do it: {"command": ..., "signatures": [...]}
    POST /v1/ceremonies/{action}     begin an act that officers sign one after the other, each on
                                     their own machine (client/ceremonies.py); the body is its
                                     command
    GET  /v1/ceremonies              the acts that wait for the signature of the officer who asks
    POST /v1/ceremonies/{id}/join    what the officer who asks is to sign for one of these
    POST /v1/ceremonies/{id}/signature   bring it: {"signature": ...} of a key file, or
                                     {"credential": ...} of a security key
    GET  /v1/batches/{batch}/rows    the rows of a released answer; /envelope the signed envelope
    GET  /metrics                    counts of requests by route

Every request but the first two and the last is signed by an officer
(office/signed_request.py). Then the table of client/actions.py says whether that role may; then the
use case itself checks. A file in a command, such as an order, comes as
{"name": "order.pdf", "content": "BASE64"} where the command has a path: a path of this machine is
never taken from outside. The office does one thing at a time.

An officer with security keys cannot sign a request: the pages let such an officer in and call the
same `ceremonies`.
"""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPMethod
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from prometheus_client import CollectorRegistry, Counter, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from counterfoil.api.bodies import blocks
from counterfoil.api.dispatch import Dispatch
from counterfoil.api.door import Log, application, host_other
from counterfoil.api.limits import Places, RateLimiter, RateLimits
from counterfoil.api.problems import json_response
from counterfoil.client.actions import Action, find_action, require_permitted
from counterfoil.core.bounded import is_bounded_json
from counterfoil.core.canonical import digest
from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.core.outside_json import repeats_a_key
from counterfoil.core.use_cases import Signature, Signed
from counterfoil.core.values import Officer, Role
from counterfoil.disclosure import ReadAnswer, read_answer
from counterfoil.office import Office
from counterfoil.office.signed_request import (
    Asked,
    Enrolled,
    Nonces,
    check_request,
    read_credentials,
)

MOST_BODY: Final = 12_000_000
_AT_ONCE: Final = 32
_RATE: Final = RateLimits(per_second=50, burst=200)
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,100}")
_PART: Final = 1 << 18


class OfficeDoor:
    """The door of one opened office. `hosts`: the names by which officers reach it, as they stand
    in a request's Host header; None where it listens on a Unix socket alone."""

    def __init__(
        self,
        office: Office,
        log: Log,
        hosts: tuple[str, ...] | None,
        spool: Path,
        rate: RateLimits = _RATE,
    ) -> None:
        self.office = office
        self.log = log
        self.hosts = hosts
        self.spool = spool
        self.nonces = Nonces(office.clock())
        self.rate = RateLimiter(rate)
        self.places = Places(_AT_ONCE)
        self.dispatch = Dispatch(office, log)
        self.ceremonies = self.dispatch.ceremonies
        self.registry = CollectorRegistry()
        self._asked = Counter(
            "counterfoil_office_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self.registry,
        )

    def app(self) -> Starlette:
        """The application."""
        get, post = HTTPMethod.GET, HTTPMethod.POST
        routes = (
            (get, "/v1/office", self.facts),
            (get, "/v1/health", self.health),
            (get, "/v1/me", self.me),
            (post, "/v1/questions/{action}", self.question),
            (post, "/v1/statements/{action}", self.statement),
            (post, "/v1/acts/{action}", self.act),
            (get, "/v1/ceremonies", self.waiting),
            (post, "/v1/ceremonies/{action}", self.begin),
            (post, "/v1/ceremonies/{ceremony}/join", self.join),
            (post, "/v1/ceremonies/{ceremony}/signature", self.finish),
            (get, "/v1/batches/{batch}/{part}", self.answer),
            (get, "/v1/openapi.yaml", self.openapi),
            (get, "/metrics", self.metrics),
        )
        return application(routes, self.log, self._count, hosts=self.hosts)

    def _count(self, route: str, status: int) -> None:
        self._asked.labels(route or "unknown", str(status)).inc()

    # -- who asks --------------------------------------------------------------------------

    async def _officer(self, request: Request, body: bytes) -> Enrolled:
        """The officer who signed this request. Raises as `check_request`, UsageFault
        `host_other`."""
        host = request.headers.get("host", "")
        self._require_host(host)
        credentials = read_credentials(request.headers.get("authorization"))
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        asked = Asked(request.method, host, path, digest(body))
        enrolled = await self.dispatch.enrolled()
        now, name = self.office.clock(), self.office.settings.name
        return check_request(asked, name, credentials, enrolled, now, self.nonces)

    def _require_host(self, host: str) -> None:
        if self.hosts is not None and host not in self.hosts:
            raise host_other()

    async def _body(self, request: Request) -> bytes:
        self.rate.take(request.client.host if request.client else "local")
        return b"".join([block async for block in blocks(request, MOST_BODY)])

    # -- use cases -------------------------------------------------------------------------

    async def question(self, request: Request) -> Response:
        """Put a question."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            action = _action(request, "question", known.role)
            with self._files() as convert:
                wanted = () if action.takes is None else (_decoded(body, action.takes, convert),)
                found = await self.dispatch.ask(known, action.name, *wanted)
        return json_response(found)

    async def statement(self, request: Request) -> Response:
        """Hand out the statement of an act."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            action = _action(request, "act", known.role)
            with self._files() as convert:
                command = _decoded(body, action.takes, convert)
                found = await self.dispatch.state(known, action.name, command)
        return json_response(found)

    async def act(self, request: Request) -> Response:
        """Do what officers signed."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            action = _action(request, "act", known.role)
            with self._files() as convert:
                ordered = _decoded(body, _Ordered, convert)
                command = _decoded(bytes(ordered.command), action.takes, convert)
                found = await self.dispatch.act(known, action.name, command, ordered.signatures)
        return json_response(found)

    # -- acts that officers sign one after the other ---------------------------------------

    async def begin(self, request: Request) -> Response:
        """Begin an act."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            action = _action(request, "act", known.role)
            files = tempfile.TemporaryDirectory(dir=self.spool)
            with ExitStack() as stack:
                stack.callback(files.cleanup)
                command = _decoded(body, action.takes, _into(Path(files.name)))
                begin = self.ceremonies.begin
                found = await self.dispatch.alone(
                    lambda: begin(known.officer, action.name, command, files)
                )
                stack.pop_all()  # they stay as long as the act is under way
        return json_response(found)

    async def waiting(self, request: Request) -> Response:
        """The acts that wait for this officer."""
        known = await self._officer(request, await self._body(request))
        found = await self.dispatch.alone(lambda: self.ceremonies.waiting(known.officer))
        return json_response({"waiting": found})

    async def join(self, request: Request) -> Response:
        """What this officer is to sign for an act that another began."""
        known = await self._officer(request, await self._body(request))
        name = request.path_params["ceremony"]
        return json_response(
            await self.dispatch.alone(lambda: self.ceremonies.join(known.officer, name))
        )

    async def finish(self, request: Request) -> Response:
        """Take a signature, and do the act once all have signed."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            brought = _decoded(body, _Brought, _no_file)
            name, finish = request.path_params["ceremony"], self.ceremonies.finish
            done = await self.dispatch.alone(
                lambda: finish(
                    known.officer, name, credential=brought.credential, signature=brought.signature
                )
            )
        if done.waits_for is None:
            self.dispatch.acted(done.action, known)
        return json_response(done)

    async def answer(self, request: Request) -> Response:
        """A part of a released answer, as it was signed."""
        with self.places.take():
            body = await self._body(request)
            known = await self._officer(request, body)
            part = request.path_params["part"]
            if part not in ("rows", "envelope") or known.role is not Role.DISCLOSURE:
                require_permitted(find_action("batch-rows", "question"), known.role)
                raise _part_unknown()
            batch = request.path_params["batch"]
            file, size = await self.dispatch.alone(lambda: self._copy(known.officer, batch, part))
        headers = {"Content-Length": str(size), "Cache-Control": "no-store"}
        return StreamingResponse(
            _parts(file), headers=headers, media_type="application/octet-stream"
        )

    def _copy(self, officer: Officer, batch: str, part: str) -> tuple[IO[bytes], int]:
        """A copy that no name leads to, so that a slow reader holds nothing up."""
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile(dir=self.spool))
            with read_answer(self.office, officer, ReadAnswer(batch)) as found:
                for each in found.parts if part == "rows" else (found.envelope,):
                    file.write(each)
            size = file.tell()
            file.seek(0)
            stack.pop_all()  # whoever sends it closes it
        return file, size

    async def me(self, request: Request) -> Response:
        """Who asks."""
        known = await self._officer(request, await self._body(request))
        return json_response({"officer": known.officer.name, "role": known.role})

    # -- how it is -------------------------------------------------------------------------

    async def facts(self, request: Request) -> Response:
        """What anybody may know."""
        self._require_host(request.headers.get("host", ""))
        office = self.office
        said = {
            "office": office.settings.name,
            "sandbox": office.settings.sandbox,
            "agreement": office.law.agreement.id,
            "version": version("counterfoil"),
        }
        return json_response(said)

    async def health(self, _request: Request) -> Response:
        """Whether the office can answer: its database can be read."""
        await self.dispatch.alone(self._look)
        return json_response({"status": "ok"})

    def _look(self) -> None:
        with self.office.store.reading() as connection:
            self.office.ledger.counts(connection)

    async def openapi(self, _request: Request) -> Response:
        """The description of these routes."""
        path = Path(__file__).with_name("office.openapi.yaml")
        return FileResponse(path, media_type="application/yaml")

    async def metrics(self, _request: Request) -> Response:
        """Counts for whoever watches the office."""
        return Response(generate_latest(self.registry), media_type="text/plain; version=0.0.4")

    # -- files -----------------------------------------------------------------------------

    @contextmanager
    def _files(self) -> Generator[Callable[[type, Any], Any]]:
        """Hook of msgspec that puts the files of a command into a folder of their own, for as long
        as the request lasts."""
        with tempfile.TemporaryDirectory(dir=self.spool) as made:
            yield _into(Path(made))


class _SentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    content: str

    def file_name(self) -> str:
        return self.name if _FILE_NAME.fullmatch(self.name) else "file"

    def data(self) -> bytes:
        try:
            return b64decode(self.content, validate=True)
        except Base64Error:
            raise ValueError("the content is no base64") from None


class _Brought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credential: dict[str, Any] | None = None
    signature: Signature | None = None


class _Ordered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    command: msgspec.Raw
    signatures: tuple[Signed, ...]


def _into(folder: Path) -> Callable[[type, Any], Any]:
    """Hook of msgspec that puts the files of a command into this folder."""
    count = iter(range(100))

    def convert(kind: type, value: Any) -> Any:
        if kind is not Path:
            raise ValueError("unknown type")
        sent = msgspec.convert(value, _SentFile)
        place = folder / str(next(count))
        place.mkdir()
        path = place / sent.file_name()
        path.write_bytes(sent.data())
        return path

    return convert


def _no_file(_kind: type, _value: Any) -> Any:
    raise ValueError("no file stands here")


def _action(request: Request, kind: Any, role: Role) -> Action:
    action = find_action(request.path_params["action"], kind)
    require_permitted(action, role)
    return action


def _decoded(data: bytes, kind: Any, convert: Callable[[type, Any], Any]) -> Any:
    """The value of JSON from outside. Raises InputFault `body_json`."""
    try:
        if is_bounded_json(data) and not repeats_a_key(data):
            return msgspec.json.decode(data, type=kind, dec_hook=convert)
    except (msgspec.MsgspecError, ValueError, RecursionError, StopIteration):
        pass
    raise InputFault(
        "body_json",
        "the body is not the JSON that this route takes",
        place="body",
        cure="See the route in openapi.yaml.",
    )


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART):
            yield part


def _part_unknown() -> UsageFault:
    return UsageFault(
        "answer_part", "an answer has no such part", place="part", cure="Name `rows` or `envelope`."
    )
