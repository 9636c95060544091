"""Items as a requester makes them, with whatever is wrong with them that a test wants."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from counterfoil.core import keyfile
from counterfoil.core.values import Header
from counterfoil.envelopes import (
    ItemHeader,
    OpeningKey,
    PublicOpeningKey,
    new_item,
    new_opening_secret,
    seal_item,
    write_content,
)
from counterfoil.exchange.folders import ExchangeFolders
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.exchange.take import Taker
from counterfoil.intake.request_file import sign_header
from counterfoil.tlog import Signer, verifier_key
from tests.world.office import World

PRINCIPAL = "sandbox-principal"


class Post:
    """A mailbox before a made-up office, and a requester whose key the agreement names."""

    def __init__(self, world: World) -> None:
        self.secret = keyfile.new_secret("principal", lambda size: bytes([7]) * size)
        public = verifier_key(PRINCIPAL, keyfile.public_bytes(self.secret))
        world.amend(
            "key: null, papers: null, unsigned_accepted",
            f"key: {public}, papers: null, unsigned_accepted",
        )
        self.world = world
        self.opening = OpeningKey(new_opening_secret())
        self.mailbox = Mailbox(world.directory / "mailbox")
        self.mailbox.make()
        self.folders = ExchangeFolders(world.office)
        self.folders.make()
        self.keys = IntakeKeys(world.office, self.folders)
        self.taker = Taker(world.office, self.mailbox, self.folders, self.keys)

    @property
    def signer(self) -> Signer:
        return Signer(PRINCIPAL, keyfile.signing_key(self.secret))

    def request(self, name: str = "requests.csv", principal: str = PRINCIPAL) -> dict[str, Path]:
        """A request file and its signed header, as parts."""
        file = self.world.requests(name=name)
        header = Header("agency-a", "sandbox", principal, self.world.now.date())
        return {"request.csv": file, "request.header.jws": sign_header(file, header, self.secret)}

    def item(self, parts: dict[str, Path] | None = None, **other: Any) -> tuple[str, bytes]:
        """An item in order, but for what `other` says: (id, bytes)."""
        current = self.keys.current().said
        reply: tuple[PublicOpeningKey, ...] = other.pop("reply_to", (self.opening.public,))
        said: dict[str, Any] = {
            "kind": "request",
            "item": new_item(),
            "office": self.world.office.settings.name,
            "to": (),
            "agreement": self.world.office.law.agreement_digest,
            "expires": self.world.now + timedelta(days=1),
        }
        signer, to = other.pop("signer", self.signer), other.pop("seal_to", current.key)
        header = ItemHeader(**said | other)
        opened = {name: path.open("rb") for name, path in (parts or self.request()).items()}
        content, sealed = io.BytesIO(), io.BytesIO()
        write_content(content, opened, reply)
        for each in opened.values():
            each.close()
        seal_item(content, sealed, header, [to], signer)
        return header.item, sealed.getvalue()

    def drop(self, item: str, data: bytes) -> None:
        """Put a file into the inbox, as whoever can write the folder does."""
        (self.mailbox.inbox / f"{item}.item").write_bytes(data)
