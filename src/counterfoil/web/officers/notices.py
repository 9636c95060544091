"""Notice before release: what is demanded, which batches wait for it, and the notice itself.

/notices                          the demands in force, and the batches that they reach
/notices/{batch}                  POST: the notice of a batch, signed by the holder
/notices/{batch}/file             POST: the same as a file, to be sent
/notices/{batch}/enter            POST: an officer enters that it was given
/notices/demands/new              POST: two officers enter what a court's order demands
/notices/demands/{number}/lift    POST: two officers lift it by another order
"""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from counterfoil.controls.notices.demands import LiftNotice, OrderNotice
from counterfoil.controls.notices.service import EnterNotice, WriteNotice, WrittenNotice
from counterfoil.web.inspector.parts import saved
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import MOST_BYTES, keep, number_of, upload
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Page, Shown, Visit

_ORDER: Final = "order "


async def show(visit: Visit) -> dict[str, Any]:
    """Demands and batches."""
    found = await visit.ask("notices")
    demands = [(each, each.source.removeprefix(_ORDER)) for each in found.demands]
    return {
        "demands": [(each, number if number != each.source else "") for each, number in demands],
        "waiting": page_of(found.waiting, visit.request.query_params.get("page", ""), 25),
    }


async def write(visit: Visit) -> dict[str, Any]:
    """The notice of a batch."""
    return {"written": await _written(visit)}


async def file(visit: Visit) -> Response:
    """The notice as a file."""
    written = await _written(visit)
    return saved(written.text, f"{written.batch}.notice")


async def _written(visit: Visit) -> WrittenNotice:
    found: WrittenNotice = await visit.ask("notice-text", WriteNotice(visit.part("batch")))
    return found


async def enter(visit: Visit) -> Shown:
    """Enter that the notice, as the office writes it now, was given."""
    written = await _written(visit)
    notice, folder = keep(visit, "notice", written.text.encode())
    after = signing.After("notices", {}, "It is entered that the notice was given.")
    command = EnterNotice(batch=written.batch, notice=notice)
    return await signing.begin(visit, "notice-enter", command, after, folder)


async def order(visit: Visit) -> Shown:
    """Enter what an order demands."""
    over_rows = visit.form.read("over_rows", "Rows", int)
    hours = visit.form.read("hours", "Hours", int)
    names = visit.form.need("to", "Who has notice").split("\n")
    to = tuple(each.strip() for each in names if each.strip())
    paper, folder = upload(visit, "order", "Order")
    after = signing.After("notices", {}, "The demand is entered and in force.")
    command = OrderNotice(paper, over_rows, hours, to)
    return await signing.begin(visit, "notice-order", command, after, folder)


async def lift(visit: Visit) -> Shown:
    """Lift what an order demands."""
    paper, folder = upload(visit, "order", "Order")
    after = signing.After("notices", {}, "The demand is lifted.")
    command = LiftNotice(number_of(visit), paper)
    return await signing.begin(visit, "notice-lift", command, after, folder)


def _page(
    name: str, path: str, title: str, send: Any, action: str, template: str = "officers/sign.html"
) -> Page:
    return Page(
        name=name,
        path=f"/notices/{path}",
        title=title,
        template=template,
        actions=(action,),
        send=send,
        parents=("notices",),
        most_bytes=MOST_BYTES,
    )


PAGES: Final = (
    Page(
        name="notices",
        path="/notices",
        title="Notices",
        template="officers/notices.html",
        actions=("notices",),
        show=show,
        nav="Notices",
    ),
    _page("notice", "{batch}", "Notice of a batch", write, "notice-text", "officers/notice.html"),
    _page("notice-file", "{batch}/file", "Notice of a batch", file, "notice-text"),
    _page("notice-enter", "{batch}/enter", "Enter a notice", enter, "notice-enter"),
    _page("notice-order", "demands/new", "Enter a demand", order, "notice-order"),
    _page("notice-lift", "demands/{number}/lift", "Lift a demand", lift, "notice-lift"),
)
