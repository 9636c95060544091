"""Keys, headers and items that the tests of this room share."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.envelopes import ItemHeader, OpeningKey, seal_item
from counterfoil.tlog.note import Signer

ORIGIN = "example.gov/disclosures"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AGREEMENT = "sha256:" + "1f" * 32
ITEM = "00112233445566778899aabbccddeeff"
SENDER = Signer("requester", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HOLDER = Signer("holder", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
STRANGER = Signer("stranger", Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96))))
OFFICE_SECRET = bytes(range(64)) + bytes(range(1, 49))
OFFICE = OpeningKey(OFFICE_SECRET)
READER = OpeningKey(bytes(range(64, 128)) + bytes(range(2, 50)))


def header(**fields: object) -> ItemHeader:
    given = {"kind": "request", "item": ITEM, "office": ORIGIN, "to": (), "agreement": AGREEMENT}
    expires = datetime(2026, 6, 1, tzinfo=UTC)
    return ItemHeader(**({**given, "expires": expires} | fields))  # type: ignore[arg-type]


def sealed(content: bytes, *keys: OpeningKey, signer: Signer = SENDER, **fields: object) -> bytes:
    sink = io.BytesIO()
    recipients = [key.public for key in keys or (OFFICE,)]
    seal_item(io.BytesIO(content), sink, header(**fields), recipients, signer)
    return sink.getvalue()
