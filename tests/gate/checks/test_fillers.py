"""What fills a field and says nothing is known from what a requester writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.gate.checks.fillers import is_filler_number, is_numbered_matter, tells


def _tells(text: str) -> bool:
    words = text.lower().translate(str.maketrans("iu", "lv")).replace("rn", "m").split()
    return tells(words, 4, 20)


@pytest.mark.parametrize(
    "text",
    [
        "xxxxx xxxxx xxxxx xxxxx",
        "investigation investigation investigation investigation",
        "the notice the notice the notice",
        "asdfghjkl qwertyuiop zxcvbnm lkjhgf abcdef",
        "lorem ipsum dolor consectetur adipiscing elit",
        "hahaha lalala tatata blah blah pending unknown",
        "bcdfghjk kjhgfdsq wrtpsdfg zzzzz mnbvcx",
        "reason for the requested disclosure and its purpose",
        "the specific reason why such disclosure is relevant",
        "immigration and nationality act section title united states code",
    ],
)
def test_a_text_of_fillers_tells_nothing(text: str) -> None:
    assert not _tells(text)
    assert not _tells(text)  # what was read before is judged the same


@pytest.mark.parametrize(
    "text",
    [
        "bears upon notices sent",
        "the lease found in the search bears on intent",
        "rhythm of payments to the landlord shows residence",
        "the notice that he disputes is the notice that was posted on this door",
        "reason to believe that the defendant received the notice by mail",
    ],
)
def test_a_reason_of_the_matter_tells_something(text: str) -> None:
    assert _tells(text)
    assert _tells(text)


@pytest.mark.parametrize(
    "entry",
    [
        "tbd-2026", "pending 1", "123456", "000-00", "xxxx1", "n/a-1", "unknown 7", "n.a. 1", "na-1",
        "9999-9999", "12345", "987654", "121212", "0", "cr-0000", "cr-2025-000", "order no 2",
        "test 1", "see file 2", "abc123", "asdf1", "#### 1", "cr-123456", "a123456789", "2025-00",
        "t.b.d. 2026", "t b a 12", "p3nding 1", "unkn0wn-2025", "nu11-4471", "not yet opened 3", "0000-0001",
        "1111-1112", "never opened 2026-4471", "awaiting number 7", "t-b-d-2026-00417", "999998",
        "tbd-2026-00417", "unk-2025-001", "12-34-56", "to be assigned 1", "null1", "xxx-2025-12",
    ],
)  # fmt: skip
def test_a_filler_is_no_number(entry: str) -> None:
    assert is_filler_number(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "cr-2025-00417", "20250417", "ro-2024-7731", "inv-2026-000001", "a098-442-107", "25-0417",
        "1:25-cr-00123", "sw25hx0012", "24cr1234", "hsi-2026-111111", "ro-0000001", "no. 4471",
        "i-862 44", "2025-12345", "w.d. 2026 1", "11123", "1112", "a-b 4471", "0000-0417", "sw-notch-12",
        "t-2025-b-0041", "sea-24-0093", "na-2025-0041", "a 098 765 433", "xx-4471", "r1", "ro-1",
    ],
)  # fmt: skip
def test_an_agencys_number_is_a_number(entry: str) -> None:
    assert not is_filler_number(entry)


@given(
    st.integers(1, 999_999),
    st.sampled_from(["cr", "ro", "inv", "hsi", "a"]),
    st.integers(2000, 2026),
)
def test_every_number_that_is_counted_up_in_a_year_is_a_number(
    number: int, letters: str, year: int
) -> None:
    assert not is_filler_number(f"{letters}-{year}-{number:06d}")


@pytest.mark.parametrize(
    "entry", ["case 17", "inv-1", "matter no. 3", "file 12", "case #5", "criminal case 9", "inv.01"]
)
def test_a_word_for_an_investigation_and_a_number_are_a_number(entry: str) -> None:
    assert is_numbered_matter(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "pending 1", "case tbd 1", "open case 1", "order no 2", "no. 1", "case 0", "case 00", "1", "case",
        "new case 3", "case ## 1", "case xxx 1", "final case 2", "test case 3", "active file 4", "inv", "",
    ],
)  # fmt: skip
def test_what_is_beside_no_word_for_an_investigation_or_beside_another_is_not(entry: str) -> None:
    assert not is_numbered_matter(entry)
