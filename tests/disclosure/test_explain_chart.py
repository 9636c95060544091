"""The evidence as a waterfall: text for all that is drawn, no value unless it was asked for."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.disclosure.explain import Evidence, Explanation
from counterfoil.disclosure.explain_chart import draw_svg, draw_text, steps_of

SVG = "{http://www.w3.org/2000/svg}"
LINES = (
    ("given", "equal", 6.12),
    ("middle", "initial", 3.0),
    ("family", "other", -7.5),
    ("door", "exact", 0.0),
)


def explanation(*lines: tuple[str, str, float], decided: str = "confirmed") -> Explanation:
    total = round(sum(weight for _, _, weight in lines), 2)
    evidence = tuple(Evidence(*line) for line in lines)
    return Explanation("b-1", "q1", 1, "granted", (), decided, total, total, evidence)


def words(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(f"{SVG}text")]


def test_each_step_begins_where_the_last_ended() -> None:
    steps = steps_of(explanation(*LINES))
    assert [(step.before, step.after) for step in steps] == [
        (0, 6.12),
        (6.12, 9.12),
        (9.12, 1.62),
        (1.62, 1.62),
    ]


def test_the_text_shows_direction_weight_and_sum_of_each_line() -> None:
    lines = draw_text(explanation(*LINES))
    assert [line.split()[0] for line in lines] == ["+6.12", "+3.00", "-7.50", "+0.00"]
    assert [line.split("| ")[-1].strip() for line in lines] == ["6.12", "9.12", "1.62", "1.62"]
    bars = [line.split("|")[1] for line in lines]
    assert [sorted(set(bar) - {" "}) for bar in bars] == [["+"], ["+"], ["-"], []]
    assert bars[1].index("+") == len(bars[0].rstrip())
    assert all(len(line) <= 80 for line in lines)


def test_a_contradiction_is_named_and_does_not_flatten_the_rest() -> None:
    found = explanation(("given", "equal", 6.0), ("dob", "differs", -60.0), decided="not_confirmed")
    lines = draw_text(found)
    assert lines[1].endswith("contradiction")
    assert lines[0].count("+") >= 8
    assert "contradiction" in words(draw_svg(found))


def test_the_picture_is_xml_that_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(draw_svg(explanation(*LINES)))
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    assert "family name: other -7.50" in (root[1].text or "")
    assert {"given name: equal", "+6.12, sum 6.12", "-7.50, sum 1.62"} <= set(
        words(draw_svg(explanation(*LINES)))
    )
    assert not re.search(r"<script|<style|href|url\(", draw_svg(explanation(*LINES)))


def test_without_values_none_stands_in_the_picture_and_with_them_each_by_its_line() -> None:
    asked = {"given": "Marisol", "family": "Quintanilla", "tin": "900-00-1001"}
    assert not any(value in draw_svg(explanation(*LINES)) for value in asked.values())
    shown = draw_svg(explanation(*LINES), asked)
    assert 'given name: equal (asked: "Marisol")' in words(shown)
    assert "900-00-1001" not in shown, "no line speaks of it"


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ("", "Nothing was compared."),
        ("refused", "Nothing was compared."),
        ("not_confirmed", "No resident"),
    ],
)
def test_where_there_is_no_evidence_the_picture_says_so(decided: str, said: str) -> None:
    assert any(each.startswith(said) for each in words(draw_svg(explanation(decided=decided))))
    assert draw_text(explanation(decided=decided)) == []


def test_the_same_evidence_gives_the_same_bytes() -> None:
    assert draw_svg(explanation(*LINES)) == draw_svg(explanation(*LINES))


@given(
    st.lists(
        st.tuples(st.sampled_from(["given", "door"]), st.just("equal"), st.floats(-150, 30)),
        max_size=9,
    ),
    st.text(),
)
def test_any_weights_and_any_values_make_a_whole_picture(
    lines: list[tuple[str, str, float]], value: str
) -> None:
    found = explanation(*lines)
    bars = ET.fromstring(draw_svg(found, {"given": value})).iter(f"{SVG}rect")
    assert all(
        float(bar.get("x", "0")) >= 0 and float(bar.get("width", "0")) <= 860 for bar in bars
    )
    assert all(len(line.split("|")[1]) == 26 for line in draw_text(found))
