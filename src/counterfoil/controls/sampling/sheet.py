"""The sample of a batch's determinations that the reviewing officer looks at, and what the officer
found. Pure.

Nobody draws it: the seed is the leaf hash of the ledger's entry `determined`, SHA-256(0x00 ||
entry), which commits to all determinations of the batch under a salt, so that it cannot be known
before they are made. Of the rows that were compared, so many that were confirmed are drawn
(draw.py), and as many that were not; all of them where there are no more.

The sheet that the officer fills in, JSON lines, one a row, `agrees` null until the officer has
written `true` or `false`:

    {"request_id":"R-1","decided":"confirmed","asked":{"given":"...","door":"..."},
     "evidence":[["given","equal"],["door","exact"]],
     "of":{"determinations":"sha256:...","round":0},"agrees":null,
     "authority":"26 USC 6103(i)(2)","reason":"...","investigation":"INV-1"}

A row that is handed in counts by the digest of all of it but `agrees` (`SheetRow.digest`): a row
that was edited, or that was shown of earlier determinations, is of no row of the batch as it
stands.

What was found is `SampleFinding`, rows by number: the statement of the review names its commitment,
so that one signature covers the determinations and the sample. Kept as MessagePack of [index of the
entry `sample`, SampleFinding, the signed statement], sealed in a chunk of kind `sample`; the entry
commits to the finding. The entry says how many rows the officer does not agree with, and not how
many were drawn: that would tell how many were confirmed. An unknown field is refused.

A finding of an older version has a signature of its own, of format `counterfoil-sample-1`, over
canonical JSON of batch, determinations, format, office and rows; it is read, and never made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from counterfoil.batches.ruling import Act
from counterfoil.batches.statements import (
    check_signature,
    check_signed,
    read_signed,
    signature_fault,
)
from counterfoil.controls.sampling.draw import draw
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StoreFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Match, Officer, Sensitive
from counterfoil.tlog import leaf_hash

SAMPLE: Final = "sample"
OLDER_FORMAT: Final = "counterfoil-sample-1"
MAX_SHEET_BYTES: Final = 16_777_216


class SheetOf(Sensitive, frozen=True, forbid_unknown_fields=True):
    """Which determinations a row is of: their digest, and which round of the batch made them."""

    determinations: str
    round: int


class SheetRow(Sensitive, frozen=True, forbid_unknown_fields=True):
    """One line of the sheet. `asked`: the request's own values; `evidence`: feature and level; of
    the register, no value. `authority`, `reason` and `investigation` are the request's own too:
    why it was asked, which an officer reads first."""

    request_id: str
    decided: str
    asked: dict[str, str]
    evidence: tuple[tuple[str, str], ...]
    of: SheetOf
    agrees: bool | None
    authority: str = ""
    reason: str = ""
    investigation: str = ""

    @property
    def digest(self) -> str:
        """The digest of all that the officer does not write."""
        shown: dict[str, Any] = msgspec.to_builtins(self)
        del shown["agrees"]
        return canonical.digest(canonical.encode(shown))


class SampleFinding(Sensitive, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """What an officer found of one sample: rows by number, and whether the officer agrees.
    `signature` is "" but in a finding of an older version."""

    office: str
    batch: str
    determinations: str
    rows: tuple[tuple[int, bool], ...]
    officer: Officer
    signature: str = ""

    @property
    def disagreed(self) -> int:
        """How many rows the officer does not agree with."""
        return sum(not agrees for _, agrees in self.rows)


class KeptFinding(Sensitive, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """What a chunk of kind `sample` holds: the index of the entry, the finding, and the signed
    statement of the review ("" in an older version)."""

    index: int
    finding: SampleFinding
    signed: str = ""


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
    """What the officer wrote of each row, by the row's digest. Raises InputFault `sample_sheet`,
    `sample_row_open`: never with a value."""
    found, ids = dict[str, bool](), set[str]()
    for number, line in enumerate(data.splitlines(), 1):
        try:
            row = decode_json(line, SheetRow)
        except ValueError:
            raise _sheet(
                "sample_sheet", f"line {number} of the sheet is not in its form", number
            ) from None
        if row.request_id in ids:
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
        ids.add(row.request_id)
        found[row.digest] = row.agrees
    return found


def check_finding(kept: KeptFinding, commitment: str) -> None:
    """Raise VerifyFault `officer_signature` unless the officer signed exactly this. `commitment` is
    that of the finding."""
    finding = kept.finding
    if finding.signature:
        check_signature(_older_bytes(finding), SAMPLE, finding.officer, finding.signature)
        return
    signed = read_signed(kept.signed, finding.officer)
    said = signed.statement
    if (said.act, said.office, said.subject, said.details) != (
        Act.DISAGREE if finding.disagreed else Act.REVIEW,
        finding.office,
        finding.batch,
        {"determinations": finding.determinations, "sample": commitment},
    ):
        raise signature_fault(finding.officer, SAMPLE)
    check_signed(signed)


def finding_bytes(finding: SampleFinding) -> bytes:
    """What the entry `sample` commits to."""
    return msgspec.msgpack.encode(finding)


def encode_finding(kept: KeptFinding) -> bytes:
    """Plain bytes of a `sample` chunk. Inverse of `decode_finding`."""
    return msgspec.msgpack.encode(kept)


def decode_finding(plain: bytes) -> KeptFinding:
    """What was kept, not verified yet. Raises StoreFault `payload_rows`."""
    try:
        return _KEPT.decode(plain)
    except msgspec.MsgspecError:
        raise StoreFault(
            "payload_rows",
            "the rows of a stored chunk cannot be read",
            cure="They were written by another version, or damaged: open the office with the "
            "version that wrote them.",
        ) from None


_KEPT: Final = msgspec.msgpack.Decoder(KeptFinding)


def _older_bytes(finding: SampleFinding) -> bytes:
    """What an officer signed of a sample in an older version."""
    body = {"batch": finding.batch, "determinations": finding.determinations}
    body |= {"format": OLDER_FORMAT, "office": finding.office}
    return canonical.encode(body | {"rows": [list(each) for each in finding.rows]})


def _sheet(code: str, message: str, number: int) -> InputFault:
    cure = (
        'Write `true` or `false` after "agrees" in each line, change nothing else, and hand '
        "in the whole sheet."
    )
    return InputFault(code, message, place=f"--sheet, line {number}", cure=cure)
