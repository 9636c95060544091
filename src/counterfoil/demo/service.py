"""The demonstration's two agencies: the sandbox's service on this machine while it is asked, a
requester with the kit's own use cases, two officers with their own keys.

    DIR/kit/            the requester's key, and beside it what was sent and what came
    DIR/keys/           the officers' keys
    DIR/mailbox/        what lies between the two
    DIR/service.log     what the service's processes logged

The processes end with `served`, also at Ctrl-C; where this process is killed they notice it and end
by themselves (service/processes.py).
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from counterfoil import client
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import NOBODY, finish
from counterfoil.disclosure.listing import BatchLine, ListBatches, list_batches
from counterfoil.requester.desk import Desk
from counterfoil.requester.incoming import fetch_all
from counterfoil.requester.keys import open_principal
from counterfoil.requester.known_office import office_file_beside, read_office_file
from counterfoil.requester.opening import OpenedAnswer, open_answer
from counterfoil.requester.opening_keys import (
    PUBLIC_SUFFIX,
    SUFFIX,
    open_opening_key,
    opening_path,
    read_public_key,
)
from counterfoil.requester.outgoing import (
    Signer,
    SignItem,
    send_item,
    sign_item,
    take_receipt,
    trusted_intake_key,
)
from counterfoil.requester.ways import Tls, open_way
from counterfoil.service.config import ServiceConfig
from counterfoil.service.processes import Service, run_service

Found = TypeVar("Found")
LOG: Final = "service.log"
_DOORS: Final = frozenset({"gateway", "office"})
_PATIENCE_SECONDS: Final = 900.0


def free_port() -> int:
    """A port of this machine that is free, as the next one is. Raises OSError."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@contextmanager
def served(directory: Path, config: ServiceConfig) -> Generator[Agencies]:
    """Serve the sandbox in `directory` for as long as this lasts. Raises as `run_service`."""
    with (
        (directory / LOG).open("ab") as log,
        run_service(config, _DOORS, None, log.fileno()) as service,
    ):
        yield Agencies(directory, service)


class Agencies:
    """Both ends of the mailbox while the service runs. Methods raise what the kit's and the
    officers' use cases raise, and StateFault `demo_waits` where nothing comes back."""

    def __init__(self, directory: Path, service: Service) -> None:
        self._directory = directory
        self._service = service
        self._key = directory / "kit" / "requester.key"
        self._known = read_office_file(office_file_beside(self._key))
        self._desk = Desk.beside(self._key)
        self._gateway = open_way(service.urls["gateway"], Tls())
        self._officers = {
            letter: client.open_officer_key(
                directory / "keys" / f"officer-{letter}.key", None, allow_unprotected=True
            )
            for letter in "ab"
        }
        self._office = client.RemoteOffice(service.urls["office"])
        self._officers["a"].log_in(self._office)
        self._items: dict[str, str] = {}

    def send(self, file: Path) -> str:
        """The requester signs and seals a file and puts it to the gateway; the batch that the
        office's receipt names."""
        now = datetime.now(UTC)
        key = open_principal(self._key, None, sandbox=True)
        own = opening_path(self._key)
        public = own.with_name(own.name.removesuffix(SUFFIX) + PUBLIC_SUFFIX)
        who = Signer(key, self._known, (read_public_key(public),))
        intake_key = trusted_intake_key(self._known, self._gateway.intake_key(), now)
        sent = finish(sign_item(who, self._desk, intake_key, SignItem(file), now))
        send_item(self._known, self._desk, self._gateway, sent, 0)
        receipt = self._wait(lambda: take_receipt(self._known, self._desk, self._gateway, sent))
        self._items[receipt.batch] = sent.item
        return receipt.batch

    def header(self, principal: str) -> dict[str, str]:
        """What a file in the open says of itself that this principal sends today."""
        agreement = self._known.agreement
        return {
            "requester": agreement.parties.requester.id,
            "agreement": agreement.id,
            "principal": principal,
            "sent_on": datetime.now(UTC).date().isoformat(),
        }

    def drop(self, file: Path) -> None:
        """Lay a file in the open into the mailbox's folder, as a managed file transfer does; a
        sandbox takes it."""
        inbox = self._directory / "mailbox" / "inbox"
        target = inbox / f"{os.urandom(16).hex()}{file.suffix}"
        beside = target.with_name(f".{target.name}.part")
        shutil.copyfile(file, beside)
        beside.rename(target)

    def determined(self, principal: str = "") -> BatchLine:
        """The batch that the office has determined and nobody reviewed yet, of this principal
        where one is named."""

        def found() -> BatchLine | None:
            question = ListBatches("determined")
            listed = client.ask(self._office, list_batches, NOBODY, question)
            return next((each for each in listed if principal in ("", each.principal)), None)

        return self._wait(found)

    def sign(self, batch: str) -> None:
        """One officer reviews the batch and another releases it, each with their own key."""
        client.review(self._office, batch, self._officers["a"])
        client.release_there(self._office, batch, self._officers["b"], None)

    def open(self, batch: str, out: Path) -> OpenedAnswer:
        """The requester fetches the answer, opens it and verifies it into the folder `out`."""
        own = open_opening_key(opening_path(self._key), None, sandbox=True)

        def fetched() -> str | None:
            found = fetch_all(self._known, self._desk, self._gateway, datetime.now(UTC))
            return found.answers.get(self._items[batch])

        path = Path(self._wait(fetched))
        return open_answer(self._known, self._desk, path, {own.key_id: own}, out, datetime.now(UTC))

    def _wait(self, look: Callable[[], Found | None]) -> Found:
        """What is looked for, once it is there; the service's processes are watched meanwhile."""
        found: list[Found] = []
        until = time.monotonic() + _PATIENCE_SECONDS

        def is_there() -> bool:
            seen = look()
            if seen is None and time.monotonic() > until:
                raise StateFault(
                    "demo_waits",
                    "the demonstration's service did not go on",
                    place=LOG,
                    cure="Look into this file, beside the demonstration's office, and run it "
                    "again.",
                )
            found.extend([] if seen is None else [seen])
            return bool(found)

        self._service.watch(is_there)
        return found[0]
