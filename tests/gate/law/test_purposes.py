"""What a reason is for is told by patterns of words: what is left out, what is found, what cannot be
told."""

from __future__ import annotations

import pickle

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.folding import new_screen, screened_words
from counterfoil.gate.law.purposes import NOTHING, Judged, Purposes, compile_purposes, judge
from tests.world.faults import expect_fault

CLASSES = {"aim": ["to", "will"], "whom": ["him", "the subject"], "papers": ["report", "form"]}
SCREENS = {"civil": new_screen(["civil"]), "locating": new_screen(["whereabouts"])}


def _made(**changes: list[str]) -> Purposes:
    patterns = {
        "civil": ["<aim> safely? remove <whom>", "^ <aim> serve .. removal_form|i_205"],
        "locating": ["<aim> arrest|catch", "pick <whom> up /"],
    }
    lines = {"innocent": ["arrest|removal <papers>"], **changes}
    return compile_purposes(
        CLASSES,
        lines.pop("innocent"),
        patterns | lines,
        ["civil", "whereabouts"],
        ["arrest", "removal"],
        ["lease", "notify", "notice"],
        2,
    )


def _judged(reason: str, rules: Purposes | None = None) -> Judged:
    return judge(reason, screened_words(reason), SCREENS, rules or _made())


@pytest.mark.parametrize(
    ("reason", "purposes"),
    [
        ("We will remove him.", {"civil"}),
        ("We will safely remove the subject at noon.", {"civil"}),
        ("To arrest, and to remove him.", {"civil", "locating"}),
        ("So that we pick him up", {"locating"}),
        ("To serve the new removal form", {"civil"}),
        ("To serve Form I-205", {"civil"}),
        ("the whereabouts", {"locating"}),
        ("to 4rrest", {"locating"}),
        ("to \u0430rrest", {"locating"}),
    ],
)
def test_a_purpose_that_is_found_is_told(reason: str, purposes: set[str]) -> None:
    assert _judged(reason) == Judged(frozenset(purposes), is_told=True)


@pytest.mark.parametrize(
    "reason",
    [
        "The lease and the notice",
        "He was notified of the leases",
        "The arrest report, the lease and the notice",
        "The lease, the notice and a removal form",
    ],
)
def test_a_reason_of_two_things_that_bear_and_no_act_tells_its_purpose(reason: str) -> None:
    assert _judged(reason) == Judged(frozenset(), is_told=True)


@pytest.mark.parametrize(
    "reason",
    [
        "The lease and the leases",
        "Something else entirely",
        "The lease, the notice and the arrest",
        "The lease, the notice and ar rest",
        "The lease, the notice and tserra",
        "The lease, the notice: t o a r r e s t now",
    ],
)
def test_what_cannot_be_told_is_not_told_and_no_other_purpose(reason: str) -> None:
    assert _judged(reason) == Judged(frozenset(), is_told=False)


def test_what_is_left_out_does_not_hide_what_is_looked_for_before() -> None:
    reason = "The removal form is a lease and a notice; we will serve the removal form"
    assert _judged(reason).purposes == {"civil"}
    assert _judged("An arrest report says: to arrest").purposes == {"locating"}


def test_up_to_three_words_stand_for_dots() -> None:
    assert _judged("to serve one two three removal form").purposes == {"civil"}
    assert _judged("to serve one two three four removal form").purposes == set()


def test_a_law_without_patterns_has_its_phrases_alone() -> None:
    assert _judged("for civil use", NOTHING) == Judged(frozenset({"civil"}), is_told=True)
    assert _judged("to arrest", NOTHING) == Judged(frozenset(), is_told=True)


def test_the_patterns_go_to_another_process() -> None:
    made = _made()
    sent = pickle.loads(pickle.dumps(made))
    assert sent == made
    assert _judged("We will remove him.", sent).purposes == {"civil"}


@pytest.mark.parametrize(
    "line", ["<nobody> go", ".. ..", "safely? ..", "Arrest him", "a||b", "<aim"]
)
def test_p10_a_pattern_of_another_form_is_refused(line: str) -> None:
    with expect_fault(SettingsFault, "law_pattern", "rules.purposes.civil"):
        _made(civil=[line])


def test_a_stop_after_a_title_ends_no_sentence() -> None:
    reason = "The notice was read by Ms. Quill in her sister's kitchen there. The lease is hers."
    classes = CLASSES | {"titles": ["ms"]}
    told, apart = (
        compile_purposes(each, [], {}, [], [], ["lease", "notice"], 1, ["read"], ["lease"])
        for each in (classes, CLASSES)
    )
    assert _judged(reason, told).is_told
    assert not _judged(reason, apart).is_told
