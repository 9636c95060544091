"""The document that a file rests on must be at hand: the file of the order or consent that its
header names by digest.

    header names none, none is given      nothing to do: the elements of the route say what is
                                          missing
    header names one, none is given       document_missing
    header names none, one is given       document_not_named
    header names one, another is given    document_differs

Each refuses the file whole, before a row is decided. The document itself stays in the holder's own
files; batch and ledger keep its digest, the ledger salted.
"""

from __future__ import annotations

from counterfoil.core.errors import GateFault
from counterfoil.core.values import Header


def require_document(header: Header, given: str, name: str) -> None:
    """Raise GateFault unless the document that was given is the one that the header names.

    `given` is "sha256:..." of the bytes of the document's file, "" where none was given; `name` the
    request file's.
    """
    named = header.document.digest if header.document else ""
    if named == given:
        return
    if not given:
        raise GateFault(
            "document_missing",
            "the header names an order or consent by its digest, and its file was not given",
            place=f"{name}: header, document.digest",
            cure="Give it: --document FILE.",
        )
    if not named:
        raise GateFault(
            "document_not_named",
            "a document was given, and the file's header names none",
            place=f"{name}: header, document",
            cure="Have the requester state the document in the header, or leave out --document.",
        )
    raise GateFault(
        "document_differs",
        "the document's file is not the one whose digest the header names",
        place=f"{name}: header, document.digest",
        cure="Give the file of the order or consent byte for byte as the requester sent it, or "
        "have the header corrected and signed anew.",
    )
