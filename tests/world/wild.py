"""Strings that break careless programs: any Unicode, controls, very long, right to left, empty,
lone surrogates."""

from __future__ import annotations

from hypothesis import strategies as st

LONG = (
    "x" * 10_000,
    "1 " * 5_000,
    "# " * 5_000,
    "\u05e8\u05d7\u05d5\u05d1 " * 2_000,
    "\u0301" * 10_000,
    "'" * 10_000,
)
ODD = (
    "",
    " ",
    "\t\n",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202eyraM",
    "\u0645\u0631\u064a\u0645",
    "\u5f20\u4f1f",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u0130",
    "\u1e9e",
    "\ufb03",
    "\u0660\u0661",
    "\u00bd",
    "I\u0307",
    "--",
    "=1+1",
    "%s{0}",
    "'; --",
)
TEXT = (
    st.text(max_size=80)
    | st.text(alphabet=st.characters(), max_size=20)
    | st.sampled_from(ODD)
    | st.sampled_from(LONG)
)
"""One field. `st.characters()` yields lone surrogates too."""
FIELDS = st.tuples(*[TEXT] * 9)
"""given, middle, family, suffix, line1, line2, city, state, zip."""
