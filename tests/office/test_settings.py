"""office.toml: closed by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.office.settings import FILE, new_settings, read_settings, write_settings


def test_reading_is_the_inverse_of_writing(tmp_path: Path) -> None:
    settings = new_settings("example.gov/disclosure", sandbox=True)
    write_settings(tmp_path, settings)
    assert read_settings(tmp_path) == settings


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "-dash", "é", "a" * 200])
def test_p10_a_name_that_a_signed_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        new_settings(name, sandbox=False)
    assert caught.value.code == "office_name"


GOOD = (
    'format = "counterfoil-office-1"\nname = "x"\nsandbox = false\ndatabase = '
    '"sqlite:///office.db"\nchunk_rows = 4096\n'
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD.replace("4096", "0"), "office_settings"),
        (GOOD.replace("4096", '"many"'), "office_settings"),
        (GOOD.replace("chunk_rows = 4096\n", ""), "office_settings"),
        (GOOD + "colour = 1\n", "office_settings"),
        (GOOD + "not toml", "office_settings"),
        (GOOD.replace("office-1", "office-9"), "office_format"),
        (GOOD + "sample_rows = 0\n", "office_sample"),
    ],
    ids=[
        "below the range",
        "wrong type",
        "missing",
        "unknown",
        "not TOML",
        "other format",
        "no sample",
    ],
)
def test_p10_a_setting_that_cannot_be_used_refuses(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SettingsFault) as caught:
        read_settings(tmp_path)
    assert (caught.value.code, caught.value.place) == (code, FILE)


def test_p10_an_office_asks_for_a_sample_where_nothing_is_said_and_only_a_new_sandbox_for_none(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).write_text(GOOD)
    assert read_settings(tmp_path).sample_rows == 20
    assert new_settings("x", sandbox=False).sample_rows == 20
    assert new_settings("x", sandbox=True).sample_rows == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_office_that_is_not_there_is_said_to_be_missing(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SettingsFault) as caught:
        read_settings(tmp_path)
    assert caught.value.code == "office_missing"
