"""An inspector draws a sample by the pages alone, and checks the folder with nothing of the office."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

from counterfoil.accountability.inspection.check import CheckSample, check_sample
from counterfoil.core.values import Role
from tests.accountability.inspection.test_sample import DAY, VKEY, ask, checkpoint
from tests.web.sites import officers_of_each_role, pages_of, upload
from tests.world.office import World
from tests.world.people import REQUESTS

SAID = [("inspector", VKEY), ("first", str(DAY)), ("last", str(DAY)), ("rows", "2")]


def test_a_sample_is_drawn_downloaded_and_checked_offline(world: World, tmp_path: Path) -> None:
    world.answer(REQUESTS[:3])
    world.now += timedelta(days=1)
    made = ask(world, checkpoint(world))
    with pages_of(world) as pages:
        browser = pages.browser(officers_of_each_role(world)[Role.INSPECTOR])
        assert browser.get("/inspection/folder").status_code == 422
        text = upload(browser, "/inspection", SAID, "nonce", "nonce", made.nonce)
        assert "It was drawn" in text
        got = browser.get("/inspection/folder")
        assert got.headers["content-disposition"] == 'attachment; filename="sample.zip"'
        assert got.headers["cache-control"] == "no-store"
        assert got.content == browser.get("/inspection/folder").content
        assert got.headers["content-length"] == str(len(got.content))
        opened = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
        spool = str(world.path / "exchange" / "tmp")
        assert any(str(each).startswith(spool) for each in opened), "a file, and no memory"
        zipfile.ZipFile(io.BytesIO(got.content)).extractall(tmp_path)
        question = CheckSample(tmp_path / "sample", str(world.office.holder_key), VKEY)
        checked = check_sample(question, made.key)
        assert len(checked.drawn) == 2 and checked.outcomes.keys() == set(checked.drawn)
        assert all(f"/ledger/{index}" in text for index in checked.drawn)
        other = pages.browser("officer-b")
        assert other.get("/inspection/folder").status_code == 422, "it is of one session"
        for wrong in ([*SAID[:3], ("rows", "3")], [*SAID[:3], ("rows", "x")], SAID[1:]):
            before = len(world.entries())
            refused = upload(browser, "/inspection", wrong, "nonce", "nonce", made.nonce)
            assert "It was drawn" not in refused
            assert len(world.entries()) == before, "what is refused enters nothing"
        assert list((world.path / "exchange" / "tmp").iterdir()) == []
