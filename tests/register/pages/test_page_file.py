"""The page file: what its specification says, byte for byte, and that no altered byte answers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError, StoreFault, VerifyFault
from counterfoil.register.pages import page_file
from counterfoil.register.pages.page_file import (
    ENTRY_BYTES,
    EXACT,
    HEAD_BYTES,
    MAGIC,
    OTHER,
    Entry,
    PageFile,
    PageReader,
    encode_page,
    filter_mask,
    find_in_page,
    page_of,
    write_pages,
)

SALT = b"s" * 16


def entries(count: int, label: str = "") -> list[Entry]:
    tags = sorted(hashlib.sha256(f"{label}{at}".encode()).digest()[:16] for at in range(count))
    return [(tag, tag * (tag[0] % 7)) for tag in tags]


HELD, OTHERS = entries(60), entries(400, "other")
PAGES = (3, 11)


def written(folder: Path) -> PageFile:
    return write_pages(folder / "some.pages", SALT, (HELD, OTHERS), PAGES)


def test_the_worked_example_of_the_specification(tmp_path: Path) -> None:
    tag = bytes(range(16))
    stated = write_pages(tmp_path / "one.pages", SALT, ([(tag, b"ab")], []), (1, 1))
    data = (tmp_path / "one.pages").read_bytes()
    page = bytes.fromhex("0001 08090a0b0c0d0e0f 00000002 6162")
    assert data[:HEAD_BYTES] == MAGIC + SALT
    assert data[HEAD_BYTES : HEAD_BYTES + 16] == page
    entry = data[stated.size - 2 * ENTRY_BYTES :][:ENTRY_BYTES]
    assert entry[:6] == bytes.fromhex("000000000030")
    assert entry[6:22] == hashlib.sha256(page).digest()[:16]
    bits = int.from_bytes(entry[22:], "big")
    assert bits == 1 << 41 | 1 << 219 | 1 << 61 | 1 << 239
    assert data[HEAD_BYTES + 16 : HEAD_BYTES + 18] == b"\x00\x00"


def test_what_was_written_is_read_one_at_a_time_and_many_at_a_time(tmp_path: Path) -> None:
    reader = PageReader(tmp_path / "some.pages", written(tmp_path))
    for section, held in ((EXACT, HELD), (OTHER, OTHERS)):
        assert [reader.get(section, tag) for tag, _ in held] == [value for _, value in held]
        before = reader.pages_read
        assert reader.get_many(section, [tag for tag, _ in reversed(held)]) == dict(held)
        assert reader.pages_read - before <= PAGES[section]
        assert all(reader.may_hold(section, tag) for tag, _ in held)
    reader.check_pages()
    reader.close()


def test_a_tag_that_is_not_there_gives_nothing_and_seldom_reads_a_page(tmp_path: Path) -> None:
    reader = PageReader(tmp_path / "some.pages", written(tmp_path))
    absent = [tag for tag, _ in entries(2000, "absent")]
    assert {reader.get(section, tag) for section in (EXACT, OTHER) for tag in absent} == {None}
    assert reader.get_many(OTHER, absent) == {}
    assert sum(reader.may_hold(OTHER, tag) for tag in absent) < 200


def test_a_page_that_holds_a_rest_across_two_tags_finds_neither() -> None:
    one, two = bytes(8) + b"abcdefgh", bytes(8) + b"ijklmnop"
    page = encode_page([(one, b"1"), (two, b"2")])
    assert find_in_page(page, bytes(8) + b"efghijkl") is None
    assert (find_in_page(page, one), find_in_page(page, two)) == (b"1", b"2")


def test_pages_divide_the_tags_evenly_and_in_order() -> None:
    last = b"\xff" * 16
    assert (page_of(bytes(16), 7), page_of(last, 7), page_of(last, 1)) == (0, 6, 0)
    tags = [tag for tag, _ in OTHERS]
    assert [page_of(tag, 11) for tag in tags] == sorted(page_of(tag, 11) for tag in tags)
    assert filter_mask(tags[0]).bit_count() <= 4


def test_tags_that_do_not_ascend_or_end_alike_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="register_not_written"):
        write_pages(tmp_path / "a", SALT, (list(reversed(HELD)), []), PAGES)
    with pytest.raises(StoreFault, match="register_not_written"):
        encode_page([(bytes(16), b"1"), (b"\x01" + bytes(15), b"2")])


PLACES = ("magic", "salt", "count", "rest", "end", "value", "last page", "entry end",
          "entry digest", "filter", "last entry")  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", ["flipped", "emptied"])
def test_an_altered_byte_of_any_class_is_refused_before_its_page_answers(
    tmp_path: Path, place: str, change: str
) -> None:
    stated = written(tmp_path)
    path = tmp_path / "some.pages"
    data = bytearray(path.read_bytes())
    index = stated.size - sum(PAGES) * ENTRY_BYTES
    count = int.from_bytes(data[HEAD_BYTES : HEAD_BYTES + 2], "big")
    at = {
        "magic": 0,
        "salt": 16,
        "count": HEAD_BYTES + 1,
        "rest": HEAD_BYTES + 2,
        "end": HEAD_BYTES + 2 + 8 * count + 3,
        "value": HEAD_BYTES + 2 + 12 * count + 5,
        "last page": index - 1,
        "entry end": index + 5,
        "entry digest": index + 6,
        "filter": index + 40,
        "last entry": stated.size - 1,
    }[place]
    data[at] = data[at] ^ 1 if change == "flipped" else (0 if data[at] else 1)
    path.write_bytes(data)
    with pytest.raises(CounterfoilError) as fault:
        reader = PageReader(path, stated)
        for section, held in ((EXACT, HELD), (OTHER, OTHERS)):
            reader.get_many(section, [tag for tag, _ in held])
    assert fault.value.code in ("register_store_altered", "register_unreadable")


def test_a_page_is_compared_each_time_so_that_one_altered_later_is_found(tmp_path: Path) -> None:
    reader = PageReader(tmp_path / "some.pages", written(tmp_path))
    tag = HELD[0][0]
    assert reader.get(EXACT, tag) is not None
    with (tmp_path / "some.pages").open("r+b") as file:
        file.seek(HEAD_BYTES)
        file.write(b"\x00\x00")
    with pytest.raises(VerifyFault, match="register_store_altered"):
        reader.get(EXACT, tag)
    with pytest.raises(VerifyFault, match="register_store_altered"):
        reader.check_pages()


def test_a_page_of_another_place_or_file_is_refused(tmp_path: Path) -> None:
    stated = written(tmp_path)
    (tmp_path / "b").mkdir()
    other = write_pages(tmp_path / "b" / "some.pages", SALT, (HELD, OTHERS[1:]), PAGES)
    with pytest.raises(CounterfoilError):
        PageReader(tmp_path / "b" / "some.pages", stated)
    with pytest.raises(CounterfoilError):
        PageReader(tmp_path / "some.pages", other)


@pytest.mark.parametrize("cut", [0, 16, HEAD_BYTES, -1])
def test_a_cut_or_missing_file_is_refused(tmp_path: Path, cut: int) -> None:
    stated = written(tmp_path)
    path = tmp_path / "some.pages"
    os.truncate(path, cut if cut >= 0 else stated.size + cut)
    with pytest.raises(StoreFault, match="register_unreadable"):
        PageReader(path, stated)
    path.unlink()
    with pytest.raises(StoreFault, match="register_unreadable"):
        PageReader(path, stated)


def test_a_file_that_is_cut_while_it_is_open_is_refused_and_ends_nothing(tmp_path: Path) -> None:
    reader = PageReader(tmp_path / "some.pages", written(tmp_path))
    os.truncate(tmp_path / "some.pages", HEAD_BYTES + 10)
    with pytest.raises(StoreFault, match="register_unreadable"):
        reader.get_many(OTHER, [tag for tag, _ in OTHERS])


def test_a_full_disk_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="space"), open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        page_file.finish_pages(full, "x", SALT, (1, 1), b"index")


def test_a_reader_cannot_list_what_the_file_holds(tmp_path: Path) -> None:
    reader = PageReader(tmp_path / "some.pages", written(tmp_path))
    offered = {name for name in dir(reader) if not name.startswith("_")}
    assert offered == {
        "check_pages", "close", "get", "get_many", "may_hold", "pages_read", "salt",
    }  # fmt: skip
    assert not {"__iter__", "__len__", "__getitem__"} & set(dir(reader))
