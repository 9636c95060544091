"""The sample of a batch's determinations that the reviewing officer looks at, and the officer's
word on it. Pure.

Drawn by nobody: the seed is the leaf hash of the ledger's entry `determined`, SHA-256(0x00 ||
entry), which commits to all determinations of the batch under a salt, so that it cannot be known
before they are made. Of the rows that were compared, so many that were confirmed are drawn
(drawing.py), and as many that were not; all of them where there are no more.

The sheet that the officer fills in, JSON lines, one a row, `agrees` null until the officer has
written `true` or `false`:

    {"request_id":"R-1","decided":"confirmed","asked":{"given":"...","door":"..."},"evidence":[["given","equal"],["door","exact"]],
     "agrees":null}

Format `counterfoil-sample-1`: what the officer signs, with Ed25519, as canonical JSON
(core/canonical.py); a row by its number in the file:

    {"batch":"b-0001","determinations":"sha256:9f...","format":"counterfoil-sample-1","office":"sandbox","rows":[[7,true],[12,false]]}

Kept as MessagePack of [index of the entry `sample`, `SampleFinding`], sealed in a chunk of kind
`sample`; the entry commits to `SampleFinding`. It tells how many rows the officer does not agree
with, and not how many were drawn: that would tell how many were confirmed. An unknown field or
format is refused.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.batches.ruling import check_signature
from counterfoil.controls.sampling.draw import draw
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StoreFault
from counterfoil.core.values import Match, Officer, Sensitive
from counterfoil.tlog import leaf_hash

SAMPLE: Final = "sample"
FORMAT: Final = "counterfoil-sample-1"
MAX_SHEET_BYTES: Final = 16_777_216


class SheetRow(Sensitive, frozen=True, forbid_unknown_fields=True):
    """One line of the sheet. `asked`: the request's own values; `evidence`: feature and level; of
    the register, no value."""

    request_id: str
    decided: str
    asked: dict[str, str]
    evidence: tuple[tuple[str, str], ...]
    agrees: bool | None


class SampleFinding(Sensitive, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """An officer's word on the rows of one sample: number, and whether the officer agrees."""

    office: str
    batch: str
    determinations: str
    rows: tuple[tuple[int, bool], ...]
    officer: Officer
    signature: str

    @property
    def disagreed(self) -> int:
        """How many rows the officer does not agree with."""
        return sum(not agrees for _, agrees in self.rows)


def draw_sample(entry: bytes, compared: Iterable[Match], count: int) -> list[int]:
    """Numbers of the rows that are drawn, rising. `entry`: bytes of the entry `determined`;
    `count`: of each kind."""
    return draw_of_each(leaf_hash(entry), compared, count)


def draw_of_each(seed: bytes, compared: Iterable[Match], count: int) -> list[int]:
    """Numbers of `count` rows that were confirmed and of as many that were not, drawn by `seed`,
    rising."""
    rows: dict[bool, list[int]] = {True: [], False: []}
    for row in compared:
        rows[row.confirmed].append(row.row)
    return sorted(draw(seed, rows[True], count) + draw(seed, rows[False], count))


def write_sheet(rows: Iterable[SheetRow]) -> bytes:
    """The sheet. Inverse of `read_sheet`, but for what the officer writes."""
    return msgspec.json.Encoder().encode_lines(list(rows))


def read_sheet(data: bytes) -> dict[str, bool]:
    """What the officer wrote of each request, by its id. Raises InputFault `sample_sheet`,
    `sample_row_open`: never with a value."""
    found: dict[str, bool] = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            row = _SHEET_ROW.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _sheet(
                "sample_sheet", f"line {number} of the sheet is not in its form", number
            ) from None
        if row.request_id in found:
            raise _sheet(
                "sample_sheet",
                f"line {number} of the sheet is of a request that stood before",
                number,
            )
        if row.agrees is None:
            raise _sheet(
                "sample_row_open",
                f"line {number} of the sheet does not say whether you agree",
                number,
            )
        found[row.request_id] = row.agrees
    return found


def sign_looked(
    office: str,
    batch: str,
    determinations: str,
    rows: Mapping[int, bool],
    officer: Officer,
    key: Ed25519PrivateKey,
) -> SampleFinding:
    """The officer's word over the whole sample."""
    told = tuple(sorted(rows.items()))
    signature = b64encode(key.sign(_word(office, batch, determinations, told))).decode("ascii")
    return SampleFinding(office, batch, determinations, told, officer, signature)


def check_looked(looked: SampleFinding) -> None:
    """Raise VerifyFault `officer_signature` unless the officer signed exactly this."""
    word = _word(looked.office, looked.batch, looked.determinations, looked.rows)
    check_signature(word, SAMPLE, looked.officer, looked.signature)


def looked_bytes(looked: SampleFinding) -> bytes:
    """What the entry `sample` commits to."""
    return msgspec.msgpack.encode(looked)


def encode_looked(index: int, looked: SampleFinding) -> bytes:
    """Plain bytes of a `sample` chunk. Inverse of `decode_looked`."""
    return msgspec.msgpack.encode((index, looked))


def decode_looked(plain: bytes) -> tuple[int, SampleFinding]:
    """(index of the entry, the word), not verified yet. Raises StoreFault `payload_rows`."""
    try:
        return _KEPT.decode(plain)
    except msgspec.MsgspecError:
        raise StoreFault(
            "payload_rows",
            "the rows of a stored chunk cannot be read",
            cure="They were written by another version, or damaged: open the office with the "
            "version that wrote them.",
        ) from None


_SHEET_ROW: Final = msgspec.json.Decoder(SheetRow)
_KEPT: Final = msgspec.msgpack.Decoder(tuple[int, SampleFinding])


def _word(office: str, batch: str, determinations: str, rows: Iterable[tuple[int, bool]]) -> bytes:
    body = {"batch": batch, "determinations": determinations, "format": FORMAT, "office": office}
    return canonical.encode(body | {"rows": [list(each) for each in rows]})


def _sheet(code: str, message: str, number: int) -> InputFault:
    cure = (
        'Write `true` or `false` after "agrees" in each line, change nothing else, and hand '
        "in the whole sheet."
    )
    return InputFault(code, message, place=f"--sample, line {number}", cure=cure)
