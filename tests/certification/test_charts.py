"""Pictures are well-formed, speak for themselves in words, and are the same every time."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.certification.charts import draw_certificate, draw_curve
from counterfoil.certification.curves import curve
from counterfoil.certification.decoys import KINDS
from counterfoil.core import svg
from tests.certification.test_curves import LIMIT, tally

SVG = "{http://www.w3.org/2000/svg}"


def certificate(certified: bool = True) -> str:
    points = curve(tally(withheld={"15": 3}), 600)
    return draw_certificate(points, points[4] if certified else None, LIMIT, "0001-3f9a1c0e77aa")


def drawn() -> list[str]:
    return [
        certificate(),
        certificate(False),
        draw_curve([0.0, 0.5, 1.0], [1.0, 0.9, 0.2], [5, 2, 0], 100, 0.5),
    ]


@pytest.mark.parametrize("picture", drawn(), ids=["certified", "refused", "curve"])
def test_a_picture_is_xml_with_a_title_and_a_description_in_words(picture: str) -> None:
    root = ET.fromstring(picture)
    assert (root.tag, root.get("role"), root.get("aria-labelledby")) == (
        f"{SVG}svg",
        "img",
        "title desc",
    )
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert len(root[1].text or "") > 80


@pytest.mark.parametrize("picture", drawn(), ids=["certified", "refused", "curve"])
def test_a_picture_fetches_and_runs_nothing(picture: str) -> None:
    assert not re.search(r"<script|<style|href|url\(|on[a-z]+=", picture)


def test_every_kind_and_its_counts_stand_as_text() -> None:
    words = [each.text or "" for each in ET.fromstring(certificate()).iter(f"{SVG}text")]
    assert set(KINDS) <= set(words)
    assert sum("0 of 300,000" in word for word in words) == len(KINDS)


def test_what_is_over_the_limit_says_so_without_colour() -> None:
    words = " ".join(
        each.text or "" for each in ET.fromstring(certificate(False)).iter(f"{SVG}text")
    )
    assert words.count("over the limit") == 1
    assert "Not certified" in words


def test_the_same_figures_give_the_same_bytes() -> None:
    assert certificate() == certificate()


@given(st.text())
def test_any_text_that_xml_can_hold_is_escaped(words: str) -> None:
    told = "".join(char for char in words if char.isprintable())
    page = svg.page(100, 100, told, told, [svg.text(1, 2, told)])
    assert (ET.fromstring(page).findtext(f"{SVG}title") or "") == told


@given(st.floats(1e-12, 10), st.booleans())
def test_a_value_outside_the_frame_stands_on_its_edge(value: float, log: bool) -> None:
    frame = svg.Frame(10, 20, 100, 50, (0, 1), (1e-6, 1.0), log)
    assert 20 <= frame.up(value) <= 70
