"""The page file: format `counterfoil-pages-1`. A dictionary from tags to values that never changes.

    head    16 bytes "counterfoil-pg-1", then the salt of the file's bucket keys (16 bytes)
    pages   those of section 0 (exact buckets), then those of section 1 (all others), without a gap
    index   one entry of 64 bytes for each page, in the order of the pages

A tag is 16 bytes that a keyed hash made, so tags are uniform, and where a tag lies is arithmetic:

    page of its section = (first 8 bytes of the tag, big-endian) * pages of the section / 2^64

    page        count (2 bytes) | rests | ends | values
      rests     bytes 8-15 of each tag, in order of their bytes
      ends      4 bytes a value: where it ends, counted from the first byte of the values
      values    as the bucket format made them; a value may be empty
    index entry where the page ends in the file (6 bytes) | first 16 bytes of its SHA-256 |
                filter (42 bytes)
      filter    a Bloom filter of the page's tags: 336 bits, of which each tag sets four: bytes 8-9,
                10-11, 12-13 and 14-15 of the tag, each modulo 336

All numbers are big-endian. A page begins where the one before it ends. Limits: 65,535 values and
2^32 - 1 bytes of values in a page; 2^48 bytes in a file. A writer aims at 2,048 bytes a page.

Worked example: one section of one page that holds the value "ab" under the tag 00..0f is, after the
head, `0001 08090a0b0c0d0e0f 00000002 6162`: 16 bytes. Its entry begins with the end 000000000030
(32 + 16) and the digest of these 16 bytes, and bits 41, 219, 61 and 239 of its filter are set.

    trusted?  no. The signed manifest holds name, size, salt, pages of each section and the digest
              of the index (`PageFile`); the index holds the digest of each page. The index is read
              into memory once and compared; each page is compared on each reading, before a byte
              of it is used. So a page that is emptied, altered, cut or of another file is found
              when it is read, and `check_pages` finds it without a question.
    lost?     build again, or restore a backup; nothing else is in it
    unknown?  another head is refused

The file has no way to list what it holds but by reading pages, and a page shows rests of tags and
sealed values.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final, cast

from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import Public

FORMAT: Final = "counterfoil-pages-1"
MAGIC: Final = b"counterfoil-pg-1"
HEAD_BYTES: Final = 32
TAG_BYTES: Final = 16
SALT_BYTES: Final = 16
ENTRY_BYTES: Final = 64
PAGE_BYTES: Final = 2_048
"""What a writer aims at."""
EXACT, OTHER = 0, 1
"""The sections."""

_FILTER_BITS: Final = 336
_FILTER_AT: Final = 22
_REST: Final = 8
_END: Final = 4
_PAGE_VALUES_MAX: Final = 65_535
_FILE_BYTES_MAX: Final = 1 << 48
_PROBES: Final = 16
"""Pages of a batch that are tried for whether they are in the page cache."""
_GAP: Final = 16_384
"""Pages nearer than this are fetched by one advice."""

Entry = tuple[bytes, bytes]
"""A tag and its value."""
_NO_WAIT: Final = getattr(os, "RWF_NOWAIT", 0)


class PageFile(Public, frozen=True):
    """What a manifest states of a page file. name: in the snapshot's folder. salt: hex. pages: of
    each section."""

    name: str
    salt: str
    size: int
    pages: tuple[int, int]
    index_digest: str


def page_of(tag: bytes, pages: int) -> int:
    """The page of a section of so many pages that a tag lies in."""
    return int.from_bytes(tag[:_REST], "big") * pages >> 64


def filter_mask(tag: bytes) -> int:
    """The bits that a tag sets in the filter of its page."""
    one, two = tag[8] << 8 | tag[9], tag[10] << 8 | tag[11]
    three, four = tag[12] << 8 | tag[13], tag[14] << 8 | tag[15]
    return 1 << one % 336 | 1 << two % 336 | 1 << three % 336 | 1 << four % 336


def encode_page(entries: Sequence[Entry]) -> bytes:
    """A page of entries in order of tag, no tag twice. Raises StoreFault for more than a page
    holds, and for two tags that end alike (which of honest tags never happens)."""
    if len(entries) > _PAGE_VALUES_MAX:
        raise _unwritten("a page is full")
    ordered = sorted((tag[_REST:], value) for tag, value in entries)
    if any(one[0] == two[0] for one, two in pairwise(ordered)):
        raise _unwritten("two tags end alike")
    ends, end = bytearray(), 0
    for _, value in ordered:
        end += len(value)
        ends += end.to_bytes(_END, "big")
    parts = [len(ordered).to_bytes(2, "big"), *[rest for rest, _ in ordered], bytes(ends)]
    return b"".join([*parts, *[value for _, value in ordered]])


def find_in_page(page: bytes, tag: bytes) -> bytes | None:
    """The value of a tag in a page whose digest was compared; None where it is not there."""
    count, rest = int.from_bytes(page[:2], "big"), tag[_REST:]
    values = 2 + count * (_REST + _END)
    at = page.find(rest, 2, 2 + count * _REST)
    while at >= 0 and (at - 2) % _REST:
        at = page.find(rest, at + 1, 2 + count * _REST)
    if at < 0:
        return None
    ends_at = 2 + count * _REST + (at - 2) // _REST * _END
    end = int.from_bytes(page[ends_at : ends_at + _END], "big")
    first = at == 2
    start = 0 if first else int.from_bytes(page[ends_at - _END : ends_at], "big")
    return page[values + start : values + end]


def open_private(path: Path, mode: str) -> BinaryIO:
    """Open a new file that its owner alone can read. Raises OSError."""
    made = open(path, mode, opener=_owners_alone)  # noqa: SIM115 - the caller closes it
    return cast("BinaryIO", made)


def _owners_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def share_file(file: Path, place: Path) -> None:
    """Have a file in another place too, without a copy where the file system can. Raises
    OSError."""
    try:
        os.link(file, place)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        with file.open("rb") as source, open_private(place, "xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


class SectionPart:
    """Writes consecutive pages of a section, and their index entries: all of it, or the part of it
    that one process seals. The ends in its entries are counted from its own first byte."""

    def __init__(self, file: BinaryIO, pages: int, first: int = 0, last: int | None = None) -> None:
        """pages: of the whole section. first, last: the pages that are written here, the last
        excluded."""
        self._file, self._pages = file, pages
        self._next, self._last = first, pages if last is None else last
        self.size = 0
        self.index = bytearray()

    def write(self, entries: Iterable[Entry]) -> None:
        """Write every page; the tags ascend. Raises StoreFault for tags that do not, or lie
        elsewhere; OSError."""
        pages = self._pages
        for number, group in groupby(entries, lambda entry: page_of(entry[0], pages)):
            if not self._next <= number < self._last:
                raise _unwritten("tags do not ascend")
            self._write_empty(number)
            self._write_page(list(group))
        self._write_empty(self._last)

    def _write_empty(self, until: int) -> None:
        while self._next < until:
            self._write_page([])

    def _write_page(self, entries: list[Entry]) -> None:
        page = encode_page(entries)
        self._file.write(page)
        self.size += len(page)
        bits = 0
        for tag, _ in entries:
            bits |= filter_mask(tag)
        self.index += self.size.to_bytes(6, "big") + hashlib.sha256(page).digest()[:16]
        self.index += bits.to_bytes(_FILTER_BITS // 8, "big")
        self._next += 1


def shift_index(index: bytes | bytearray, by: int) -> bytes:
    """The entries of a part as they are where its pages begin `by` bytes into the file."""
    shifted = bytearray(index)
    for at in range(0, len(shifted), ENTRY_BYTES):
        end = int.from_bytes(shifted[at : at + 6], "big") + by
        if end >= _FILE_BYTES_MAX:
            raise _unwritten("the file is full")
        shifted[at : at + 6] = end.to_bytes(6, "big")
    return bytes(shifted)


def write_pages(
    path: Path,
    salt: bytes,
    sections: tuple[Sequence[Entry], Sequence[Entry]],
    pages: tuple[int, int],
) -> PageFile:
    """Write a whole page file from entries in order of tag, and make it durable. Raises StoreFault,
    OSError."""
    index = b""
    with open_private(path, "xb") as file:
        file.write(MAGIC + salt)
        at = HEAD_BYTES
        for entries, count in zip(sections, pages, strict=True):
            part = SectionPart(file, count)
            part.write(entries)
            index += shift_index(part.index, at)
            at += part.size
        return finish_pages(file, path.name, salt, pages, index)


def finish_pages(
    file: BinaryIO, name: str, salt: bytes, pages: tuple[int, int], index: bytes
) -> PageFile:
    """Write the index behind the pages and make all of it durable. Raises OSError."""
    file.write(index)
    file.flush()
    os.fsync(file.fileno())
    digest = "sha256:" + hashlib.sha256(index).hexdigest()
    return PageFile(name, salt.hex(), file.tell(), pages, digest)


class PageReader:
    """Reads a page file. It is given tags and returns values, and nothing else.

    Raises StoreFault `register_unreadable` where the file is missing, cut or not a page file;
    VerifyFault `register_store_altered` where the index is not the manifest's, and later where a
    page is not.
    """

    __slots__ = ("_data_end", "_fd", "_index", "_pages", "_place", "pages_read", "salt")

    def __init__(self, path: Path, stated: PageFile) -> None:
        self._place = stated.name
        self._pages = stated.pages
        self.salt: Final = bytes.fromhex(stated.salt)
        self.pages_read = 0
        count = sum(stated.pages)
        self._data_end = stated.size - count * ENTRY_BYTES
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as fault:
            raise unreadable(type(fault).__name__, self._place) from None
        try:
            self._index = self._read_index(stated)
        except BaseException:
            os.close(self._fd)
            raise

    def _read_index(self, stated: PageFile) -> bytes:
        if os.fstat(self._fd).st_size != stated.size or self._data_end < HEAD_BYTES:
            raise unreadable("another size than the manifest says", self._place)
        if self._read(0, HEAD_BYTES) != MAGIC + self.salt:
            raise unreadable("no page file, or another one", self._place)
        index = self._read(self._data_end, stated.size - self._data_end)
        if "sha256:" + hashlib.sha256(index).hexdigest() != stated.index_digest:
            raise altered(self._place)
        return index

    def may_hold(self, section: int, tag: bytes) -> bool:
        """False where the file holds no value for the tag; almost always True only where it does.
        Reads no page."""
        at = self._entry_at(section, tag)
        entry = self._index[at + _FILTER_AT : at + ENTRY_BYTES]
        return not filter_mask(tag) & ~int.from_bytes(entry, "big")

    def get(self, section: int, tag: bytes) -> bytes | None:
        """The value of one tag, None where there is none. Raises StoreFault, VerifyFault."""
        at = self._entry_at(section, tag)
        return find_in_page(self._page(at), tag)

    def get_many(self, section: int, tags: Iterable[bytes]) -> dict[bytes, bytes]:
        """The value of each tag that has one. Pages are read in their order, each once, and are
        fetched ahead where they are not in memory; a page whose filter says that it has none of
        the tags is not read. Raises StoreFault, VerifyFault."""
        index, entry_at, wanted = self._index, self._entry_at, list[tuple[int, bytes]]()
        for tag in set(tags):
            at = entry_at(section, tag)
            held = int.from_bytes(index[at + _FILTER_AT : at + ENTRY_BYTES], "big")
            if not filter_mask(tag) & ~held:
                wanted.append((at, tag))
        wanted.sort()
        found: dict[bytes, bytes] = {}
        self._fetch_ahead([at for at, _ in wanted])
        for at, group in groupby(wanted, itemgetter(0)):
            page = self._page(at)
            for _, tag in group:
                value = find_in_page(page, tag)
                if value is not None:
                    found[tag] = value
        return found

    def check_pages(self) -> None:
        """Compare every page with its digest. Raises as `get`."""
        for at in range(0, len(self._index), ENTRY_BYTES):
            self._page(at)
        if self._index and self._end(len(self._index) - ENTRY_BYTES) != self._data_end:
            raise altered(self._place)

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _entry_at(self, section: int, tag: bytes) -> int:
        """Where the index entry of a tag's page is."""
        before = self._pages[0] if section else 0
        return (before + page_of(tag, self._pages[section])) * ENTRY_BYTES

    def _end(self, at: int) -> int:
        """Where the page of the index entry ends in the file."""
        return int.from_bytes(self._index[at : at + 6], "big") if at >= 0 else HEAD_BYTES

    def _page(self, at: int) -> bytes:
        start = self._end(at - ENTRY_BYTES)
        page = self._read(start, self._end(at) - start)
        self.pages_read += 1
        if hashlib.sha256(page).digest()[:16] != self._index[at + 6 : at + _FILTER_AT]:
            raise altered(self._place)
        return page

    def _read(self, start: int, size: int) -> bytes:
        try:
            data = os.pread(self._fd, size, start)
            while len(data) < size and (
                more := os.pread(self._fd, size - len(data), start + len(data))
            ):
                data += more
        except OSError as fault:
            raise unreadable(type(fault).__name__, self._place) from None
        if len(data) != size:
            raise unreadable("the file is cut", self._place)
        return data

    def _fetch_ahead(self, entries: list[int]) -> None:
        """Ask the system to read the pages of many tags ahead, unless they are in memory."""
        if len(entries) < _PROBES or not _NO_WAIT or not hasattr(os, "posix_fadvise"):
            return
        step = len(entries) // _PROBES
        if all(self._is_cached(at) for at in entries[::step]):
            return
        begun, end = -1, -1
        for at in entries:
            start, stop = self._end(at - ENTRY_BYTES), self._end(at)
            if begun >= 0 and start - end > _GAP:
                os.posix_fadvise(self._fd, begun, end - begun, os.POSIX_FADV_WILLNEED)
                begun = start
            begun, end = (start if begun < 0 else begun), stop
        os.posix_fadvise(self._fd, begun, end - begun, os.POSIX_FADV_WILLNEED)

    def _is_cached(self, at: int) -> bool:
        try:
            return os.preadv(self._fd, [bytearray(1)], self._end(at - ENTRY_BYTES), _NO_WAIT) == 1
        except OSError:
            return False


def _unwritten(kind: str) -> StoreFault:
    return StoreFault(
        "register_not_written",
        f"the sealed register cannot be written ({kind})",
        place="page file",
        cure="The old snapshot is still current. Check disk space and permissions, then build "
        "again.",
    )


def unreadable(kind: str, place: str) -> StoreFault:
    """The fault of a page file that is missing, cut or none."""
    return StoreFault(
        "register_unreadable",
        f"the sealed register cannot be read ({kind})",
        place=place,
        cure="Nothing was opened. Restore the snapshot from its backup, or build the register "
        "again.",
    )


def altered(place: str) -> VerifyFault:
    """The fault of an index or a page that is not what the manifest was signed for."""
    return VerifyFault(
        "register_store_altered",
        "the sealed register is not the file that the manifest was signed for",
        place=place,
        cure="Nothing was answered. Restore the snapshot from its backup, or build again.",
    )
