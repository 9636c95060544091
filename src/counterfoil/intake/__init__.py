"""Bytes to requests: docs/formats/request-file.md. The only maker of Request and Reject.

    file = open_file(path, default_header=None, principal_keys=keys)
    for row in file.rows(): ...                     Request | Reject
    for table in file.stretches(4096):              the same, a stretch at a time, in any process
        RowReader().read(table)

`Table` and `to_requests` are for readers of other files with the same columns (the labeled
questions of a certification).
"""

from counterfoil.intake.columns import NAMES as COLUMN_NAMES
from counterfoil.intake.header import body_of
from counterfoil.intake.rejects import WORDS as REJECT_WORDS
from counterfoil.intake.rejects import told_reject
from counterfoil.intake.request_file import (
    RequestFile,
    file_digest,
    open_file,
    sign_header,
    state_document,
)
from counterfoil.intake.rows import RowReader, Table, to_requests

__all__ = [
    "COLUMN_NAMES",
    "REJECT_WORDS",
    "RequestFile",
    "RowReader",
    "Table",
    "body_of",
    "file_digest",
    "open_file",
    "sign_header",
    "state_document",
    "to_requests",
    "told_reject",
]
