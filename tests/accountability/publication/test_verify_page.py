"""verify.html is one file that its sources make, the same each time; no script runs in it but its
own, and it opens no connection. Opened from a file, in Chromium and in Firefox, it says OK of an
answer and names the fault of altered ones."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from counterfoil.accountability.publication.verify_page import FOLDER, SCRIPTS, make_verify_page
from tests.accountability.publication.both import Asked
from tests.accountability.publication.recall_lists import listed
from tests.accountability.publication.vectors import MARKUP, VERIFIED_ON, answer, everything
from tests.cli.desk import command
from tests.world.browsers import Firefox, chromium, keep_picture

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
ALTERED = [each for each in everything()["answers"] if each.main == "answers.jsonl"]


class Reader(HTMLParser):
    """The tags of a page with their attributes, and the texts of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        self.texts[self.within] = self.texts.get(self.within, "") + data


def test_the_policy_allows_the_pages_own_script_and_nothing_else() -> None:
    """The step that names script and style by their hash, done again by hand."""
    read = Reader(make_verify_page().decode())
    hashes = {
        tag: f"sha256-{b64encode(hashlib.sha256(read.texts[tag].encode()).digest()).decode()}"
        for tag in ("script", "style")
    }
    policies = [each["content"] for tag, each in read.tags if each.get("http-equiv")]
    assert policies == [POLICY.format(**hashes)]
    assert [tag for tag, _ in read.tags].count("script") == 1
    assert make_verify_page() == make_verify_page()


def test_the_page_names_no_other_file_and_no_event_in_its_markup() -> None:
    read = Reader(make_verify_page().decode())
    named = [
        (tag, name, value)
        for tag, attributes in read.tags
        for name, value in attributes.items()
        if name.startswith("on")
        or name in ("style", "src", "action")
        or "//" in re.sub(r"'sha256-[A-Za-z0-9+/=]+'", "", value or "")  # a digest may have //
    ]
    assert named == []
    assert [each["href"] for tag, each in read.tags if "href" in each] == ["#asked"]
    page = make_verify_page().decode()
    forbidden = ("fetch(", "XMLHttpRequest", "WebSocket", "innerHTML", "localStorage", "eval(")
    assert [each for each in forbidden if each in page] == []


def test_every_field_has_a_label_and_the_page_a_language_and_a_title() -> None:
    read = Reader(make_verify_page().decode())
    fields = {each["id"] for tag, each in read.tags if tag in ("input", "textarea")}
    assert fields == {each["for"] for tag, each in read.tags if tag == "label"}
    assert dict(read.tags)["html"] == {"lang": "en"}
    assert read.texts["title"] == "Check a file that an office handed out"


def test_the_checks_of_the_program_have_at_most_600_lines_and_the_whole_page_1250() -> None:
    """Decision 24 says what the lines are for."""
    lines = {name: len((FOLDER / name).read_text("utf-8").splitlines()) for name in SCRIPTS}
    assert lines["verify.js"] <= 600
    assert sum(lines.values()) <= 1250
    wide = [
        (name, number)
        for name in SCRIPTS
        for number, line in enumerate((FOLDER / name).read_text("utf-8").splitlines(), 1)
        if len(line) > 100
    ]
    assert wide == []


def test_the_command_line_writes_it_once_and_says_its_digest(tmp_path: Path) -> None:
    out = tmp_path / "verify.html"
    said = command("verify-page", "--out", out, "--json")
    assert out.read_bytes() == make_verify_page()
    assert said.json["digest"] == f"sha256:{hashlib.sha256(out.read_bytes()).hexdigest()}"
    assert command("verify-page", "--out", out, "--json").error == "out_taken"


# -- Chromium ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stick") / "verify.html"
    path.write_bytes(make_verify_page())
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(file: Path, browser: Browser) -> Iterator[Page]:
    """The page in Chromium, opened from a file; its clock says a day on which the answer is in
    force. Whatever it asks for, says on its console or opens is a failure."""
    shown = browser.new_page(viewport={"width": 900, "height": 1000})
    asked, said = set[str](), list[str]()
    shown.on("request", lambda request: asked.add(request.url))
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda fault: said.append(str(fault)))
    shown.on("dialog", lambda dialog: said.append(dialog.message))
    shown.clock.set_fixed_time(f"{VERIFIED_ON}T12:00:00Z")
    shown.goto(file.as_uri())
    shown.wait_for_selector("#check:enabled")
    yield shown
    assert (asked, said) == ({file.as_uri()}, [])


def check(page: Page, asked: Asked) -> list[str]:
    """The verdicts that the page shows of the files of a question."""
    page.set_input_files(
        "#files",
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
            for name, data in asked.files.items()
        ],
    )
    page.fill("#key", asked.key)
    page.evaluate("document.getElementById('results').replaceChildren()")
    page.click("#check")
    page.wait_for_selector("#results article")
    return page.locator(".verdict:visible").all_inner_texts()


@pytest.mark.browser
def test_an_answer_is_ok_and_altered_ones_have_their_fault_named(page: Page) -> None:
    assert check(page, answer()) == ["OK"]
    assert page.locator("#results ol li").count() == 6
    keep_picture(page, "verify-ok")
    keep_picture(page, "verify-answer", "#results article")
    found = {each.name: check(page, each) for each in ALTERED[1::3]}
    faults = [said for [said] in found.values() if said.startswith("DOES NOT VERIFY: ")]
    assert len(faults) >= 20 and len(set(faults)) >= 10
    keep_picture(page, "verify-altered", "#results article")
    no_envelope = Asked(
        "", "", "", {"answers.jsonl": answer().files["answers.jsonl"]}, answer().key
    )
    assert check(page, no_envelope) == [
        "CANNOT BE USED: answers.jsonl.jws, its envelope, is not here"
    ]
    assert page.inner_text("#results h2").startswith("A file of no kind that this page knows")
    keep_picture(page, "verify-fault")


@pytest.mark.browser
def test_files_with_hostile_names_and_contents_are_shown_and_not_obeyed(page: Page) -> None:
    names = (
        "<img src=x onerror=alert(1)>",
        "__proto__",
        "a\u202egpj.jws.exe",
        "x" * 300,
        "constructor",
    )
    raw = {name: MARKUP.encode() for name in names}
    said = check(page, Asked("", "", "", raw, answer().key))
    assert [each.partition(":")[0] for each in said] == ["CANNOT BE USED"] * len(names)
    assert page.locator("#results img, #results script").count() == 0
    assert "a\\x202egpj.jws.exe" in page.inner_text("#results")
    said = check(page, Asked("", "", "", answer(batch=MARKUP).files, answer().key))
    assert said == ["OK"] and MARKUP in page.inner_text("#results")
    assert check(page, Asked("", "", "", answer().files, MARKUP))[0].startswith("CANNOT BE USED")


@pytest.mark.browser
def test_several_files_are_judged_each_by_itself_and_printed_as_an_exhibit(page: Page) -> None:
    proof = everything()["proofs"][0]
    both = Asked("", "", "", answer().files | {"9.tlog-proof": proof.files["proof"]}, proof.key)
    assert check(page, both) == ["OK", "OK"]
    page.emulate_media(media="print")
    shown = page.inner_text("#results")
    for data in both.files.values():
        assert f"{len(data)} bytes, sha256:{hashlib.sha256(data).hexdigest()}" in shown
    assert f"{VERIFIED_ON}T12:00:00Z, by the clock of this machine" in shown
    assert not page.is_visible("#asked")
    keep_picture(page, "verify-printed")
    page.emulate_media(media="screen")


@pytest.mark.browser
def test_an_answer_that_was_recalled_is_told_as_that(page: Page) -> None:
    whole = next(each for each in listed() if each.name == "recalls: two rows")
    asked = Asked("", "", "", whole.files | {"recalls": whole.recalls or b""}, whole.key)
    said = check(page, asked)
    assert said == ["RECALLED: all of it verifies, and the holder recalled it or rows of it", "OK"]
    assert "RECALLED: q1, q3, by entry 15" in page.inner_text("#results")
    twice = Asked("", "", "", asked.files | {"recalls.1": whole.recalls or b""}, whole.key)
    assert check(page, twice) == ["CANNOT BE USED: choose one list of recalls"]


@pytest.mark.browser
def test_files_can_be_dropped(page: Page) -> None:
    held = page.evaluate_handle(
        """(files) => {
            const held = new DataTransfer();
            for (const [name, text] of files) held.items.add(new File([text], name));
            return held;
        }""",
        [[name, data.decode()] for name, data in answer().files.items()],
    )
    page.evaluate("document.getElementById('files').value = ''")
    page.dispatch_event("#drop", "drop", {"dataTransfer": held})
    page.fill("#key", answer().key)
    page.evaluate("document.getElementById('results').replaceChildren()")
    page.click("#check")
    page.wait_for_selector("#results article")
    assert page.locator(".verdict:visible").all_inner_texts() == ["OK"]


@pytest.mark.browser
def test_the_keyboard_is_enough_and_nothing_is_lost_on_a_narrow_screen(page: Page) -> None:
    page.reload()
    page.wait_for_selector("#check:enabled")
    page.set_viewport_size({"width": 320, "height": 640})
    reached = list[str]()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached[:6] == ["A", "files", "key", "key-file", "policy-file", "SUMMARY"]
    assert "check" in reached
    check(page, answer())
    assert page.evaluate("document.activeElement.id") == "results"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    keep_picture(page, "verify-narrow")
    page.set_viewport_size({"width": 900, "height": 1000})


@pytest.mark.browser
def test_a_script_that_somebody_put_into_the_page_does_not_run(
    file: Path, browser: Browser
) -> None:
    altered = file.with_name("altered.html")
    source = make_verify_page().decode()
    evil = "<script>document.title = 'evil'</script>"
    handler = "<img src=x onerror=\"document.title = 'evil'\">"
    altered.write_text(source.replace("<main>", f"<main>{evil}{handler}"), encoding="utf-8")
    shown = browser.new_page()
    shown.goto(altered.as_uri())
    shown.wait_for_selector("#check:enabled")
    assert shown.title() == "Check a file that an office handed out"
    altered.write_text(source.replace('"OK"', '"OK!"'), encoding="utf-8")
    shown.goto(altered.as_uri())
    assert shown.is_disabled("#check")
    assert shown.evaluate("typeof run") == "undefined"


# -- Firefox -----------------------------------------------------------------------------------


@pytest.mark.firefox
def test_firefox_says_the_same(file: Path, tmp_path: Path) -> None:
    firefox = Firefox()
    try:
        firefox.open(file)
        firefox.wait_for("return !document.getElementById('check').disabled")
        firefox.type("#key", answer().key)
        for number, asked in enumerate([answer(), *ALTERED[7:15]]):
            folder = tmp_path / str(number)
            folder.mkdir()
            for name, data in asked.files.items():
                (folder / name).write_bytes(data)
            firefox.script("document.getElementById('files').value = ''")
            firefox.type("#files", "\n".join(str(folder / name) for name in asked.files))
            firefox.script(
                "document.getElementById('results').replaceChildren();"
                "document.getElementById('check').click()"
            )
            said = firefox.wait_for("return document.querySelector('#results .verdict')?.innerText")
            expected = ("OK", "EXPIRED") if number == 0 else ("DOES NOT VERIFY", "CANNOT BE USED")
            assert said.startswith(expected), (asked.name, said)
    finally:
        firefox.close()
