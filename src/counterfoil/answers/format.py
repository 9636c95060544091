"""Formats `counterfoil-answer-1` and `-2`: the envelope beside an answer file. Full text:
docs/formats/answer-file.md.

FILE holds the rows, one request each, in the order asked, each in one form only (`ROW`), UTF-8 that
is all ASCII:

    jsonl   {"request_id":"r-1","answer":"refused","codes":["purpose","period"]}\\n
    csv     request_id,answer,codes\\r\\n
            r-1,refused,purpose;period\\r\\n                      RFC 4180, never quoted

Version 2 is written where rows of the request file could not become requests, and for nothing else.
It has a row for each of them too, with the one code of what is wrong, the row's number as the
sender's spreadsheet counts it, and the request id where one can be read; its CSV has a fourth cell:

    jsonl   {"request_id":"","answer":"rejected","codes":["date_invalid"],"row":7}\\n
    csv     request_id,answer,codes,row\\r\\n
            r-1,refused,purpose;period,\\r\\n
            ,rejected,date_invalid,7\\r\\n

A yes and a no have no codes, a refusal one or more, `not_compared` one. A request id is that of
intake's grammar, so that no cell is a formula. There is no form for anything else, so nothing else
can be written or read (P1).

FILE.jws is a compact JWS (RFC 7515), ASCII, no newline, signed with EdDSA over Ed25519 (RFC 8037)
by the holder:

    header    exactly {"alg":"EdDSA","kid":"<name>+<key id in hex>","typ":"counterfoil-answer-1"},
              or -2, as the payload's `format`
    payload   one canonical JSON object (core/canonical.py) with exactly the fields of `FIELDS` and
              `LEDGER_FIELDS`

The release entry of the ledger is bound to the file by a salted commitment, so that the public
ledger does not disclose what was released, and anyone who has the envelope can show it:

    commitment = canonical.commit(salt, canonical bytes of an object with
                                  "format": "counterfoil-release-1" and the fields `COMMITTED`)

`certificates` names the certificates that governed, by what the questions stated, `birth` or
`names`: digest, and the limit on wrong confirmations per kind of decoy in parts of 10**12. A scope
that is not named had none that counts.

    {"birth":{"certificate":"sha256:...","limit":10000000}}

An unknown format, header or field is refused: a reader of version 1 does not guess at version 2.
Standard library only: the inspector's verifier carries this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from counterfoil.core import canonical

FORMAT: Final = "counterfoil-answer-1"
FORMAT_2: Final = "counterfoil-answer-2"
REJECTED: Final = "rejected"
RELEASE_FORMAT: Final = "counterfoil-release-1"
ALGORITHM: Final = "EdDSA"
SUFFIX: Final = ".jws"
WORDS: Final[tuple[str, ...]] = ("confirmed", "not_confirmed", "refused", "not_compared")
CSV_HEADER: Final = b"request_id,answer,codes\r\n"
CSV_HEADER_2: Final = b"request_id,answer,codes,row\r\n"

_ID: Final = rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
_CODE: Final = rb"[a-z][a-z0-9_]{0,63}"
ROW: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        "jsonl": (
            rb'\{"request_id":"%b","answer":"(?:(?:confirmed|not_confirmed)","codes":\[\]'
            rb'|refused","codes":\["%b"(?:,"%b")*\]|not_compared","codes":\["%b"\])\}\n'
        )
        % (_ID, _CODE, _CODE, _CODE),
        "csv": rb"%b,(?:(?:confirmed|not_confirmed),|refused,%b(?:;%b)*|not_compared,%b)\r\n"
        % (_ID, _CODE, _CODE, _CODE),
    }
)
"""The one form of a row, as a regular expression over its bytes, by `rows_format`."""
_NUMBER: Final = rb"[1-9][0-9]{0,15}"
ROW_2: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        "jsonl": (
            rb'(?:%b|\{"request_id":"(?:%b)?","answer":"rejected",'
            rb'"codes":\["%b"\],"row":%b\}\n)'
        )
        % (ROW["jsonl"], _ID, _CODE, _NUMBER),
        "csv": rb"(?:(?:%b),\r\n|(?:%b)?,rejected,%b,%b\r\n)"
        % (ROW["csv"].removesuffix(rb"\r\n"), _ID, _CODE, _NUMBER),
    }
)
"""The same of version 2."""
ROWS: Final[Mapping[str, Mapping[str, bytes]]] = MappingProxyType({FORMAT: ROW, FORMAT_2: ROW_2})
CSV_HEADERS: Final[Mapping[str, bytes]] = MappingProxyType(
    {FORMAT: CSV_HEADER, FORMAT_2: CSV_HEADER_2}
)

COMMITTED: Final[tuple[str, ...]] = (
    "agreement",
    "agreement_digest",
    "batch",
    "certificates",
    "expires_on",
    "register_snapshot",
    "released_at",
    "request_file_digest",
    "row_count",
    "rows_digest",
    "rules_digest",
)
FIELDS: Final = frozenset(
    {*COMMITTED, "format", "office", "use_limits", "rows_format", "salt", "ledger"}
)
SCOPES: Final = ("birth", "names")
"""Keys that `certificates` may have: a date of birth is stated, or none."""
PARTS: Final = 10**12
"""Parts in one: the unit of a certificate's limit."""
CERTIFICATE_FIELDS: Final = frozenset({"certificate", "limit"})
LEDGER_FIELDS: Final = frozenset({"origin", "index", "entry", "proof"})


def commit_release(facts: Mapping[str, Any], salt: bytes) -> str:
    """The commitment that the release entry carries. `facts` holds at least the fields of
    `COMMITTED`."""
    body = {"format": RELEASE_FORMAT} | {field: facts[field] for field in COMMITTED}
    return canonical.commit(salt, canonical.encode(body))
