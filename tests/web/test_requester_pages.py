"""The gateway's pages pass on whole items and nothing else, in bounded memory; take a form from
their own site alone; obey nothing that stands in a form, a file's name or an id; and say everything
in English and in Spanish."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimits
from counterfoil.core.errors import InputFault
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.web.look import TEMPLATES, texts_of
from counterfoil.web.requester.multipart import SentForm
from counterfoil.web.requester.pages import RequesterPages
from tests.accountability.publication.pages import Page
from tests.api.doors import ITEM, OTHER, Client, Lines
from tests.ledger.office import KEY

HOST = "gateway.test"
OWN = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
BOUNDARY = "----made-up-boundary"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
SEALED = b'{"format":"counterfoil-item-1","item":"%s"}\n' % ITEM.encode() + bytes(range(256)) * 40


class Site:
    def __init__(self, folder: Path, **settings: Any) -> None:
        made = GatewaySettings(folder / "mailbox", folder / "public", str(KEY), **settings)
        self.mailbox = Mailbox(made.mailbox)
        self.mailbox.make()
        self.log = Lines()
        gateway = Gateway(made, self.log)
        self.client = Client(gateway.app(RequesterPages(gateway).routes()), f"http://{HOST}")

    def upload(
        self, data: bytes, name: str = "x.item", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        said = (OWN if headers is None else headers) | TYPE
        return self.client.post("/items", headers=said, content=form(data, name))

    def inbox(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in self.mailbox.inbox.iterdir()}


def form(data: bytes, name: str = "x.item") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: x/y\r\n\r\n" + data + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.client.close()


# -- the form, as it comes ---------------------------------------------------------------------


async def _blocks(data: bytes, step: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), step):
        yield data[at : at + step]


def read(data: bytes, step: int, content_type: str = TYPE["Content-Type"]) -> tuple[str, bytes]:
    async def run() -> tuple[str, bytes]:
        sent = SentForm(content_type, _blocks(data, step))
        await sent.find_file()
        return sent.suffix, b"".join([each async for each in sent.file()])

    return asyncio.run(run())


@pytest.mark.parametrize("step", [1, 2, 7, 64, 10**6])
@pytest.mark.parametrize(
    "data", [b"", b"x", b"\r\n", SEALED[:700], b"\r\n--" + BOUNDARY[:-1].encode(), b"\r\n--" * 90]
)
def test_a_file_comes_out_as_it_went_in_however_it_is_cut(data: bytes, step: int) -> None:
    assert read(form(data, "a.CSV"), step) == ("csv", data)
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\nwords\r\n'.encode()
    assert read(field + form(data), step) == ("item", data)
    after = form(data)[: -len(b"--\r\n")] + b"\r\n" + field[len(BOUNDARY) + 4 :]
    assert read(after + f"--{BOUNDARY}--".encode(), step) == ("item", data)


BROKEN = [
    b"",
    form(b"x")[:-8],
    form(b"x").replace(b"form-data;", b"other;"),
    form(b"x").replace(b"\r\n\r\n", b"\r\n" + b"A: b\r\n" * 2000 + b"\r\n"),
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.encode() * 12,
    f"--{BOUNDARY}--".encode(),
    b"x" * 9000,
]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_form_is_refused(data: bytes) -> None:
    for step in (1000, 10**6):
        with pytest.raises(InputFault) as fault:
            read(data, step)
        assert fault.value.code == "form_unreadable"
    with pytest.raises(InputFault):
        read(form(b"x"), 64, "text/plain")


# -- handing over ------------------------------------------------------------------------------


def test_a_sealed_item_is_handed_over_whole_and_followed_to_its_answer(site: Site) -> None:
    answer = site.upload(SEALED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{ITEM}")
    assert site.inbox() == {f"{ITEM}.item": SEALED}
    page = site.client.get(f"/items/{ITEM}")
    assert "the office has not taken it yet" in page.text and page.status_code == 200
    site.mailbox.receipt(ITEM).write_bytes(b"a.b.c")
    assert "signed a receipt" in site.client.get(f"/items/{ITEM}").text
    site.mailbox.answer(ITEM).write_bytes(b"sealed")
    assert "The office has answered" in site.client.get(f"/items/{ITEM}").text
    for part, data in (("receipt", b"a.b.c"), ("answer", b"sealed")):
        taken = site.client.get(f"/items/{ITEM}/{part}")
        assert taken.content == data
        assert taken.headers["Content-Disposition"] == f'attachment; filename="{ITEM}.{part}"'
        assert taken.headers["Cache-Control"] == "no-store"
    found = site.client.post(
        "/find?lang=es",
        headers=OWN | {"Content-Type": "application/x-www-form-urlencoded"},
        content=b"item=" + ITEM.upper().encode(),
    )
    assert found.headers["location"] == f"/items/{ITEM}?lang=es"
    assert site.upload(SEALED).status_code == 303
    assert site.upload(SEALED + b"other").status_code == 409


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        OWN | {"Sec-Fetch-Site": "cross-site"},
        OWN | {"Origin": f"http://{HOST}.evil.test"},
        OWN | {"Origin": f"http://{HOST}@evil.test"},
        OWN | {"Origin": "http://[x"},
        OWN | {"Origin": f"ftp://{HOST}"},
    ],
)
def test_a_form_of_another_site_hands_nothing_over(site: Site, headers: dict[str, str]) -> None:
    assert site.upload(SEALED, headers=headers).status_code == 403
    assert site.inbox() == {}


NAMES = [
    "../../etc/passwd.item",
    "..\\\\..\\\\x.item",
    "<script>alert(1)</script>.item",
    "a\x00b.item",
    "x" * 300 + ".item",
    "",
    "ünïcode \u202e.item",
    "{{ 11*10007 }}.item",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_leads_nowhere_and_is_shown_nowhere(site: Site, name: str) -> None:
    answer = site.upload(SEALED, name)
    assert answer.status_code == 303
    assert site.inbox().keys() == {f"{ITEM}.item"}
    said = site.client.get(answer.headers["location"]).text + str(site.log)
    assert "passwd" not in said and "alert" not in said and "110077" not in said


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no header",
        b"\n" + SEALED,
        b'{"item":"../../../etc/passwd"}\nx',
        b'{"item":["%s"]}\nx' % ITEM.encode(),
        b"x" * 9000 + b"\n",
        b"request_id,given_name\nq1,Marisol\n",
    ],
)
def test_what_is_no_sealed_item_is_not_kept(site: Site, data: bytes) -> None:
    """A request file in the open least of all, whose values are then in no page and in no line."""
    answer = site.upload(data, "requests.csv")
    assert answer.status_code == 422 and "upload_form" in answer.text
    assert site.inbox() == {}
    assert "Marisol" not in answer.text + str(site.log)


def test_a_sandbox_takes_a_file_in_the_open_under_an_id_of_its_own(tmp_path: Path) -> None:
    site = Site(tmp_path, open_files=True)
    first, second = (site.upload(b"request_id\nq1\n", "R.CSV").headers["location"] for _ in "ab")
    assert first != second
    assert sorted(site.inbox()) == sorted(f"{each[7:]}.csv" for each in (first, second))
    assert "made up" in site.client.get("/").text
    site.client.close()


def test_what_is_too_long_too_much_or_without_certificate_is_an_error_page(tmp_path: Path) -> None:
    site = Site(tmp_path, most_bytes=5000, rate=RateLimits(0.001, 3))
    whole = site.upload(SEALED)
    assert whole.status_code == 413 and "body_too_long" in whole.text

    def endless() -> Iterable[bytes]:
        yield form(SEALED)[:300]
        for _ in range(1000):
            yield bytes(1000)

    said = OWN | TYPE
    assert site.client.post("/items", headers=said, content=endless()).status_code == 413
    assert site.inbox() == {}
    site.client.get("/")
    busy = site.client.get("/")
    assert busy.status_code == 429 and busy.headers["Retry-After"] == "2"
    site.client.close()
    closed = Site(tmp_path / "b", certificates=("ab" * 32,))
    for method, path in (
        ("GET", "/"),
        ("POST", "/items"),
        ("GET", "/why"),
        ("GET", f"/items/{ITEM}"),
    ):
        answer = closed.client.request(method, path, headers=OWN | TYPE)
        assert answer.status_code == 401 and "client_certificate" in answer.text
    closed.client.close()


def test_a_broken_off_form_leaves_nothing(site: Site) -> None:
    answer = site.client.post("/items", headers=OWN | TYPE, content=form(SEALED)[:-20])
    assert (answer.status_code, site.inbox()) == (422, {})


# -- the pages ---------------------------------------------------------------------------------


def all_pages(site: Site) -> Iterator[tuple[str, httpx.Response]]:
    """Every page and state, in both languages."""
    site.upload(SEALED)
    site.mailbox.receipts.joinpath(f"{OTHER}.receipt").write_bytes(b"a.b.c")
    answered = "1" * 32
    site.mailbox.receipt(answered).write_bytes(b"a.b.c")
    site.mailbox.answer(answered).write_bytes(b"x")
    paths = ["/", "/why", f"/items/{ITEM}", f"/items/{OTHER}", f"/items/{answered}",
             f"/items/{'2' * 32}", "/items/nothing", "/nothing"]  # fmt: skip
    for path in paths:
        for tail in ("", "?lang=es"):
            yield path + tail, site.client.get(path + tail)


def test_every_page_is_whole_in_its_language_and_says_nothing_personal_in_its_title(
    site: Site,
) -> None:
    for path, answer in all_pages(site):
        page = Page(answer.text.replace(' aria-describedby=""', ""))
        faults = [
            each for each in page.faults if not re.match("<(input|aside|iframe|form|link) ", each)
        ]
        assert [each for each in faults if not each.startswith("<a [")] == [], path
        assert page.lang == ("es" if path.endswith("es") else "en")
        assert ITEM not in page.title and page.scripts == 0
        assert len(answer.content) < 150_000
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', answer.text) == []


def test_an_unknown_path_is_a_page_and_for_programs_a_problem(site: Site) -> None:
    assert site.client.get("/nothing").headers["Content-Type"].startswith("text/html")
    problem = site.client.get("/v1/nothing")
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert site.client.get("/assets/other/console.css").status_code == 404
    assert site.client.get("/items/..%2f..%2fetc%2fpasswd").status_code == 404


def test_no_id_is_in_the_log_but_where_it_arrived(site: Site) -> None:
    for _path, _answer in all_pages(site):
        pass
    told = [each for each in site.log if ITEM in str(each)]
    assert [each["event"] for each in told] == ["arrived"]


def used_texts(folder: str) -> set[str]:
    paths = [
        TEMPLATES / "base.html",
        TEMPLATES / "parts.html",
        *(TEMPLATES / folder).glob("*.html"),
    ]
    found = "".join(each.read_text(encoding="utf-8") for each in paths)
    return set(re.findall(r'_\("((?:[^"\\]|\\.)*)"', found))


def test_what_a_person_meets_is_refused_in_their_language(site: Site) -> None:
    asked = [site.client.get(f"{path}?lang=es") for path in ("/items/x", f"/items/{'2' * 32}")]
    sent = {"headers": OWN | TYPE, "content": form(b"no item")}
    asked += [site.client.get("/x?lang=es"), site.client.post("/items?lang=es", **sent)]
    for answer in asked:
        assert answer.status_code >= 400 and 'lang="es"' in answer.text
        assert '__text" lang="en"' not in answer.text
    assert "," not in re.findall(r"de ([^ ]*) bytes", site.client.get("/?lang=es").text)[0]


def test_every_text_of_the_pages_has_its_spanish() -> None:
    inside = {"Sign out", "Breadcrumbs", "Time left in this session"}
    assert used_texts("requester") - texts_of("es").keys() - inside == set()
