"""Each role against each page: who gets it is what the one table of roles says of its actions, and
nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.client.actions import ACTIONS
from counterfoil.core.values import Role
from counterfoil.web.page import Page
from counterfoil.web.registry import OFFICE_PAGES
from tests.web.sites import Browser, officers_of_each_role, pages_of
from tests.world.office import World, closing

PARTS = {
    "batch": "b-none", "ceremony": "0" * 32, "hold": "1", "number": "1", "name": "nobody",
    "registration": "0" * 32,
}  # fmt: skip


@pytest.fixture(scope="module")
def browsers(
    tmp_path_factory: pytest.TempPathFactory, world_template: Path
) -> Iterator[dict[Role | None, Browser]]:
    folder = tmp_path_factory.mktemp("roles")
    with closing(World(folder, template=world_template)) as world:
        officers = officers_of_each_role(world)
        with pages_of(world) as made:
            signed_in = {role: made.browser(name) for role, name in officers.items()}
            yield {None: made.browser(), **signed_in}


def test_every_page_names_actions_of_the_table_and_none_is_public() -> None:
    assert [page.name for page in OFFICE_PAGES if page.public or not page.actions] == []
    assert {each for page in OFFICE_PAGES for each in page.actions} <= ACTIONS.keys()
    assert len({page.name for page in OFFICE_PAGES}) == len(OFFICE_PAGES)


def test_a_page_without_actions_is_for_nobody() -> None:
    page = Page(name="x", path="/x", title="X", template="x.html")
    assert not any(page.permits(role) for role in [None, *Role])


@pytest.mark.parametrize("role", [None, *Role], ids=str)
@pytest.mark.parametrize("page", OFFICE_PAGES, ids=lambda page: page.name)
def test_each_role_gets_the_pages_of_its_actions_and_no_other(
    browsers: dict[Role | None, Browser], page: Page, role: Role | None
) -> None:
    allowed = role is not None and all(ACTIONS[each].permits(role) for each in page.actions)
    path = page.address(**PARTS)
    answers = []
    if page.show is not None:
        answers.append(browsers[role].get(path))
    if page.send is not None:
        answers.append(browsers[role].post(path, {"outcome": ""}))
    assert answers
    for answer in answers:
        codes = {each for each in ("page_refused", "sign_in_needed") if each in answer.text}
        assert codes == (
            set() if allowed else {"sign_in_needed" if role is None else "page_refused"}
        )
        assert allowed or answer.status_code == (401 if role is None else 403)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_the_navigation_offers_what_the_role_gets(
    browsers: dict[Role | None, Browser], role: Role
) -> None:
    text = browsers[role].get("/").text
    for page in OFFICE_PAGES:
        if page.nav:
            assert (f'href="{page.path}"' in text) is page.permits(role)
