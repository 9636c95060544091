"""The office's intake keys: what items are sealed to, each for a month, then destroyed.

    exchange/keys/ID.key    the secret, under the office's passphrase (core/keyfile.py)
    exchange/keys/ID.jws    its statement: signed by the holder, or by the agreement's own signer

ID is the first 16 hex digits of the key's id. A new one is made three days before the last ends,
and the newest is shown. A key goes on opening for the days of grace, so that an item which was
sealed on its last day is still read; then its secret is overwritten and deleted. Making and
destroying are entries `key` of the purpose `intake`. What was sealed to a destroyed key is opened
by nobody.

Where the agreement names another signer than the holder, the statement is made elsewhere: this
office has not that key, and `intake_signer` says so.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from counterfoil.core import keyfile
from counterfoil.core.atomic_files import replace_file, sync_path
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public
from counterfoil.envelopes import (
    IntakeKey,
    OpeningKey,
    check_intake_key,
    make_intake_key,
    new_opening_secret,
)
from counterfoil.envelopes.statements import read_unchecked
from counterfoil.exchange.folders import ExchangeFolders
from counterfoil.office import Office
from counterfoil.office.officers import ADDED, RETIRED, enter_key
from counterfoil.tlog import VerifierKey, parse_vkey

DAYS: Final = 31
OVERLAP: Final = timedelta(days=3)
GRACE: Final = timedelta(days=7)
PURPOSE: Final = "intake"
_MOST_BYTES: Final = 16_384


class KeptKey(Public, frozen=True):
    """One intake key as it is kept. `statement`: the signed bytes."""

    said: IntakeKey
    statement: bytes
    path: Path

    @property
    def ends(self) -> datetime:
        """The last moment for which it is shown."""
        return from_instant(self.said.valid_until)


class IntakeKeys:
    """The intake keys of one office."""

    def __init__(self, office: Office, folders: ExchangeFolders) -> None:
        self._office = office
        self._folders = folders
        self._opened: dict[str, OpeningKey] = {}

    def current(self) -> KeptKey:
        """The key to show now; a new one is made where none lasts. Raises StateFault
        `intake_signer`, KeyFault, StoreFault."""
        now = self._office.clock()
        kept = [each for each in self.kept() if each.ends - OVERLAP > now]
        return max(kept, key=lambda each: each.ends) if kept else self._make(now)

    def opening(self) -> Mapping[str, OpeningKey]:
        """Every key that still opens items, by its id. Raises KeyFault."""
        for each in self.kept():
            if each.said.key_id not in self._opened:
                _, secret = keyfile.open_key(
                    each.path,
                    purpose=keyfile.OPENING_PURPOSE,
                    passphrase=self._office.passphrase,
                    allow_unprotected=False,
                )
                opened = OpeningKey(secret)
                if opened.key_id == each.said.key_id:
                    self._opened[each.said.key_id] = opened
        return self._opened

    def destroy_old(self) -> int:
        """Destroy the keys whose time and grace are over; how many. Raises StoreFault."""
        now, count = self._office.clock(), 0
        for each in self.kept():
            if each.ends + GRACE < now:
                with self._office.store.transaction() as connection:
                    enter_key(self._office, connection, PURPOSE, each.said.key_id, RETIRED)
                    self._office.ledger.sign_checkpoint(connection, self._office.signer())
                self._opened.pop(each.said.key_id, None)
                _destroy(each.path)
                count += 1
        return count

    def kept(self) -> list[KeptKey]:
        """The keys that are kept, in no order. What cannot be read, and what nobody signed who may
        sign intake keys of this office, is passed over: it is not shown, and opens nothing."""
        found: list[KeptKey] = []
        signers, name = self._signers(), self._office.settings.name
        for path in self._folders.keys.glob("*.jws"):
            try:
                statement = read_bounded(path, _MOST_BYTES)
                begins = from_instant(read_unchecked(statement, IntakeKey).valid_from)
                said = check_intake_key(statement, signers, name, begins)
            except (OSError, ValueError, VerifyFault):
                continue
            if path.with_suffix(".key").is_file():
                found.append(KeptKey(said, statement, path.with_suffix(".key")))
        return found

    def _signers(self) -> tuple[VerifierKey, ...]:
        """Whose signature makes an intake key this office's."""
        exchange = self._office.law.agreement.exchange
        named = exchange.intake_signer if exchange else None
        found = list(self._office.log_keys)
        with suppress(VerifyFault):
            found += [parse_vkey(named)] if named else []
        return tuple(found)

    def _make(self, now: datetime) -> KeptKey:
        office, agreement = self._office, self._office.law.agreement
        signer = office.signer()
        if agreement.exchange and agreement.exchange.intake_signer not in (
            None,
            str(office.holder_key),
        ):
            raise StateFault(
                "intake_signer",
                "the agreement has intake keys signed by a key that this office does not hold",
                place="exchange",
                cure="Have that signer make the next intake key, and put it into exchange/keys.",
            )
        secret = new_opening_secret(office.random)
        key = OpeningKey(secret)
        last = now + timedelta(days=DAYS)
        statement = make_intake_key(office.settings.name, key.public, now, last, signer)
        path = self._folders.keys / f"{key.key_id.removeprefix('sha256:')[:16]}.key"
        keyfile.seal_key(
            path,
            name=office.settings.name,
            purpose=keyfile.OPENING_PURPOSE,
            secret=secret,
            passphrase=office.passphrase,
            random=office.random,
        )
        with office.store.transaction() as connection:
            enter_key(office, connection, PURPOSE, key.key_id, ADDED)
            office.ledger.sign_checkpoint(connection, signer)
        replace_file(path.with_suffix(".jws"), statement)
        self._opened[key.key_id] = key
        said = next(each for each in self.kept() if each.said.key_id == key.key_id)
        return said


def _destroy(path: Path) -> None:
    """Overwrite a secret, then delete it and its statement."""
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        path.with_suffix(".jws").unlink(missing_ok=True)
        sync_path(path.parent)
    except OSError as fault:
        raise StoreFault(
            "intake_key_kept",
            f"an intake key whose time is over could not be deleted ({type(fault).__name__})",
            place=path.name,
            cure="Check the permissions of exchange/keys; it is tried again at the next turn.",
        ) from None
