"""An office: one directory with settings, law, keys, database and register. Made here, opened here.

    DIR/office.toml          settings (office/settings.py)
    DIR/law/                 statutes, routes and the agreement in force here; its digest is entered
                             before it is used
    DIR/keys/*.key           holder, register, payload, and a sandbox's officers (core/keyfile.py);
                             *.vkey are the public halves
    DIR/keys/office.passphrase   a sandbox only: opens the three service keys (docs/decisions/0005)
    DIR/keys/ledger-head     notes that the ledger has a head under a key (ledger/head.py)
    DIR/keys/rotations       how often a key was exchanged (keys/key_files.py, which has the
                             other key files)
    DIR/keys/closed          notes that the office is closed for good (office/keys/closed.py)
    DIR/office.db            ledger, batches, history
    DIR/batch-keys.db        a share of each batch's key (batches/shares.py): without it nothing of
                             a batch opens, so that copies of office.db outlive no disposal
    DIR/register/            snapshots, and the key custodian's count of openings

An office is made in a directory beside the one that was named and moved into place last, so that a
making that was broken off leaves no half office. The `Office` that `open_office` returns is what
every step of the flow is given: time and randomness come from it, and a key is opened when a step
first needs it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, NamedTuple

from counterfoil import gate, matching, register
from counterfoil.batches.batch import Batch
from counterfoil.batches.session import BatchSession
from counterfoil.batches.shares import ShareStore
from counterfoil.core import canonical, keyfile
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import KeyFault, SettingsFault, StateFault
from counterfoil.core.values import Header
from counterfoil.database import Connection, Store
from counterfoil.ledger import Ledger
from counterfoil.office.keys.closed import require_kept
from counterfoil.office.settings import Settings
from counterfoil.register.custody.client import Channel, RemoteCustodian, lent_custodians
from counterfoil.register.spark.pool import Cluster, check_remote
from counterfoil.tlog import Signer, VerifierKey, parse_vkey

Engine = Literal["local", "spark"]
"""Where a register is built, or a batch decided: on this machine, or in a Spark cluster."""
LOCAL: Final = "local"
Clock = Callable[[], datetime]
Random = Callable[[int], bytes]

SANDBOX_OFFICERS: Final = ("officer-a", "officer-b")
_SERVICE_KEYS: Final = ("holder", "register", "payload")
MAX_VKEY_BYTES: Final = 65_536
PASSPHRASE_FILE: Final = "office.passphrase"


class Holders(NamedTuple):
    """The holder's public keys: the present one, the one that follows it while both are in use, and
    those that are retired."""

    present: VerifierKey
    following: VerifierKey | None
    retired: tuple[VerifierKey, ...]


def utc_now() -> datetime:
    """The machine's time, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Office:
    """An opened office. `passphrase` opens its service keys; None where it was not given."""

    directory: Path
    settings: Settings
    store: Store
    shares: ShareStore = field(repr=False)
    law: gate.Law
    ledger: Ledger
    passphrase: str | None = field(repr=False)
    clock: Clock = utc_now
    random: Random = os.urandom
    _opened: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    _channels: list[Channel] = field(default_factory=list[Channel], repr=False, compare=False)
    rotated: list[int] = field(default_factory=lambda: [0], compare=False)
    """How often a key had been exchanged when the office was opened, in one place."""
    _finishing: list[bool] = field(default_factory=list[bool], repr=False, compare=False)
    adopts: list[bool] = field(default_factory=list[bool], repr=False, compare=False)
    """Whether this process is to take a ledger without a head as an earlier version's (opening.py,
    `adopt_office`)."""
    found_newest: list[bool] = field(default_factory=list[bool], repr=False, compare=False)
    """Whether what was published, or who confirmed it, showed that this is no older copy
    (opening.py, `require_newest`): asked once, before the first thing that is entered."""
    asked_witnesses: list[bool] = field(default_factory=list[bool], repr=False, compare=False)
    """Whether this process asked the witnesses for a later history (controls/witnesses.py)."""
    counted: set[bytes] = field(default_factory=set[bytes], repr=False, compare=False)
    """Signatures of security keys whose sign count was remembered when they came in, before the act
    that another officer has yet to sign (page_signatures.py)."""
    _holders: list[Holders] = field(default_factory=list[Holders], repr=False, compare=False)
    entered: list[Holders] = field(default_factory=list[Holders], repr=False, compare=False)
    """The holder's keys, once they were found to be those of the ledger (keys/current_keys.py)."""

    @property
    def register_directory(self) -> Path:
        """Where the snapshots are."""
        return self.directory / "register"

    @property
    def holders(self) -> Holders:
        """The holder's public keys. Read once: what was compared with the ledger is what is used,
        whatever stands in the folder later."""
        if not self._holders:
            keys = self.directory / "keys"
            following = keys / "holder.next.vkey"
            retired = tuple(map(read_vkey, sorted(keys.glob("holder-*.vkey"))))
            found = read_vkey(following) if following.exists() else None
            self._holders.append(Holders(read_vkey(keys / "holder.vkey"), found, retired))
        return self._holders[0]

    @property
    def holder_key(self) -> VerifierKey:
        """The holder's public key, from keys/holder.vkey."""
        return self.holders.present

    @property
    def next_holder_key(self) -> VerifierKey | None:
        """The public key that follows the holder's, while both are in use; else None."""
        return self.holders.following

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """Every key that signed this office's checkpoints: the present one, the next, and those
        that are retired."""
        present, following, retired = self.holders
        found = [present, *([following] if following else []), *retired]
        return tuple(dict.fromkeys(found))

    @property
    def signing_publics(self) -> tuple[bytes, ...]:
        """The 32-byte public keys of whoever may have signed the register's files: the holder's,
        and the next one while both are in use."""
        following = self.next_holder_key
        return tuple(key.public for key in (self.holder_key, following) if key is not None)

    @cached_property
    def rules(self) -> str:
        """Digest of all that decides: law, agreement, forms and match. Answers cite it."""
        return rules_of(self.law)

    def match_version_of(self, rules: str) -> str:
        """As `match_version_of`, under the law in force here."""
        return match_version_of(self.law, rules)

    def default_header(self) -> Header | None:
        """What a bare file is taken to say of itself: a sandbox only, from its one principal who
        need not sign."""
        agreement = self.law.agreement
        accepted = [
            principal.id for principal in agreement.principals if principal.unsigned_accepted
        ]
        if not (self.settings.sandbox and agreement.sandbox and accepted):
            return None
        requester = agreement.parties.requester.id
        return Header(
            requester=requester,
            agreement=agreement.id,
            principal=accepted[0],
            sent_on=self.clock().date(),
        )

    def principal_keys(self) -> dict[str, tuple[bytes, ...]]:
        """The 32-byte public key of each principal who has one, and the former one until its last
        day. Raises VerifyFault for a key that cannot be read."""
        today, found = self.clock().date(), dict[str, tuple[bytes, ...]]()
        for each in self.law.agreement.principals:
            keys = [each.key]
            if each.former_until is not None and today <= each.former_until:
                keys.append(each.former_key)
            found[each.id] = tuple(parse_vkey(key).public for key in keys if key)
        return {name: keys for name, keys in found.items() if keys}

    def weights(
        self, manifest: register.Manifest, version: str = matching.MATCH_VERSION
    ) -> matching.Weights:
        """What the snapshot taught the match rules, for deciding as `version`. Raises StateFault
        where a version of them built it that cannot be read."""
        readable = matching.READABLE_VERSIONS
        if version == matching.MATCH_VERSION:
            readable = readable[:1]
        if manifest.match_version not in readable:
            raise StateFault(
                "register_rules_other",
                "this register was built by another version of the match rules",
                place=manifest.snapshot,
                cure="Build it again from its source.",
            )
        if not manifest.evidence:
            return matching.as_version(matching.default_weights(), version)
        taught = manifest.evidence | {"salt": self.custodian(manifest.key_id).names_salt()}
        return matching.as_version(matching.weights_from_dict(taught), version)

    def open_register(
        self, snapshot: str = "", *, made_up_trial: bool = False, count_ahead: int = 0
    ) -> register.SealedRegister:
        """The current snapshot, or the named one, through the key custodian. count_ahead: openings
        that are counted at a time, for whoever asks one question after another. Raises StateFault,
        KeyFault, VerifyFault, StoreFault."""
        name = snapshot or register.current_snapshot(self.register_directory)
        publics = self.signing_publics
        built = register.check_manifest(self.register_directory, publics, name)
        custodian = self.custodian(built.key_id, made_up_trial=made_up_trial)
        return register.open_register(
            self.register_directory, custodian, publics, snapshot=name, count_ahead=count_ahead
        )

    def signer(self) -> Signer:
        """The holder's key, opened. Raises KeyFault."""
        private, following = keyfile.signing_key(self._service_key("holder")), None
        if self.next_holder_key is not None:
            following = keyfile.signing_key(self._service_key("holder", "holder.next"))
        return Signer(self.settings.name, private, following)

    def payload_keys(self) -> tuple[bytes, bytes]:
        """(key that wraps batch keys, key of the history's hashes), 32 bytes each. Raises
        KeyFault."""
        secret = self._service_key("payload")
        return secret[:32], secret[32:]

    def custodian(self, key_id: str = "", *, made_up_trial: bool = False) -> register.KeyCustodian:
        """The key custodian of the register key, or of the one of this id where the office has it,
        with the agreement's limit of openings a day; in a process of its own where the settings
        name its socket. Raises KeyFault, and as `register/custody/client.py`.

        `made_up_trial` counts apart and without the agreement's limit: only for registers marked as
        made up.
        """
        if self.settings.custodian and not made_up_trial:
            return self._custodian_elsewhere(key_id)
        custodians = self._custodians_here(made_up_trial=made_up_trial)
        return next((each for each in custodians if each.key_id == key_id), custodians[0])

    def building_custodian(self, key_id: str = "") -> register.KeyCustodian:
        """As `custodian`, with the register key in this process, as a build needs it: a custodian
        in another process lends it. Raises StateFault `custodian_lends_nothing`, KeyFault."""
        custodians = self._custodians_here(made_up_trial=False)
        return next((each for each in custodians if each.key_id == key_id), custodians[0])

    def _custodians_here(self, *, made_up_trial: bool) -> list[register.KeyCustodian]:
        name, limit = (
            ("trial", _TRIAL_OPENINGS)
            if made_up_trial
            else ("openings", self.law.agreement.openings_per_day)
        )
        state = self.register_directory / f"{name}.json"
        today, keys = self.clock().date(), self.directory / "keys"
        if self.settings.custodian:
            return lent_custodians(self._channel(), state, limit, today)
        files = ["register", *sorted(path.stem for path in keys.glob("register-*.key"))]
        secrets = [self._service_key("register", stem) for stem in files]
        return [register.KeyCustodian(secret, state, limit, today, secrets) for secret in secrets]

    def _custodian_elsewhere(self, key_id: str) -> register.KeyCustodian:
        """The custodian at the socket that the settings name."""
        channel, limit = self._channel(), self.law.agreement.openings_per_day
        served = channel.key_ids()
        if key_id and key_id not in served:
            raise KeyFault(
                "custodian_key_other",
                "the key custodian does not serve the key of this register",
                place=self.settings.custodian.rpartition("/")[2],
                cure="Nothing was opened. Name that key in the custodian's configuration, or "
                "build the register again.",
            )
        return RemoteCustodian(channel, key_id or served[0], limit)

    def _channel(self) -> Channel:
        if not self._channels:
            self._channels.append(Channel(self.directory / self.settings.custodian))
        return self._channels[0]

    def cluster(self, engine: Engine) -> Cluster | None:
        """Where the work of an engine is done: None for `local`, this machine.

        Raises SettingsFault `spark_settings`, `spark_custodian`.
        """
        if engine == LOCAL:
            return None
        check_remote(self.settings.spark)
        if not self.settings.custodian:
            raise SettingsFault(
                "spark_custodian",
                "Spark's workers get what they need of the register key from a key custodian that "
                "is a process of its own, and this office has none",
                place="office.toml: custodian",
                cure="Move the key to one; docs/operate/custodian.md says how.",
            )
        socket = (self.directory / self.settings.custodian).absolute()
        limit = self.law.agreement.openings_per_day
        return Cluster(self.settings.spark, str(socket), limit)

    def batch_session(self, connection: Connection, batch: Batch) -> BatchSession:
        """The batch in this transaction, its key opened. Raises KeyFault, StateFault
        `payload_destroyed`, StoreFault `payload_sealed`."""
        share = self.shares.find(batch.id) if batch.wrapped_key is not None else None
        return BatchSession.open(connection, batch, self.payload_keys()[0], share)

    def close(self) -> None:
        """Close the office's databases."""
        self.store.close()
        self.shares.close()

    @contextmanager
    def finishing(self) -> Generator[None]:
        """While it lasts, a closed office writes what its closing needs (office/keys/closed.py)."""
        self._finishing.append(True)
        try:
            yield
        finally:
            self._finishing.pop()

    @property
    def is_finishing(self) -> bool:
        """Whether the office is being closed by this process."""
        return bool(self._finishing)

    def forget_keys(self) -> None:
        """Read the key files again when they are next needed."""
        self._opened.clear()
        self._holders.clear()
        self.entered.clear()

    def _service_key(self, purpose: str, stem: str = "") -> bytes:
        """Opened once: scrypt is slow on purpose."""
        stem = stem or purpose
        if stem not in self._opened:
            path = self.directory / "keys" / f"{stem}.key"
            require_kept(path)
            self._opened[stem] = keyfile.open_key(
                path, purpose=purpose, passphrase=self.passphrase, allow_unprotected=False
            )[1]
        return self._opened[stem]


_TRIAL_OPENINGS: Final = 2**31


def rules_of(law: gate.Law, match_version: str = matching.MATCH_VERSION) -> str:
    """Digest of all that decides under this law in this version of the match rules, and in the
    normal forms that it reads."""
    is_present = match_version == matching.MATCH_VERSION
    forms = matching.forms_read_by(match_version)
    digest = law.digest if is_present else law.earlier_digests[forms]
    return canonical.digest(canonical.encode({"law": digest, "match": match_version}))


def match_version_of(law: gate.Law, rules: str) -> str:
    """The version of the match rules that decides what cites the digest `rules`; "" where it cites
    another law, or a version that cannot be read."""
    return next((each for each in matching.READABLE_VERSIONS if rules_of(law, each) == rules), "")


def read_vkey(path: Path) -> VerifierKey:
    """The verifier key in a file of one line. Raises KeyFault if it cannot be read, VerifyFault if
    it is none."""
    try:
        line = read_bounded(path, MAX_VKEY_BYTES).decode("utf-8").strip()
    except (OSError, ValueError):
        raise KeyFault(
            "vkey_missing",
            "the verifier key cannot be read",
            place=path.name,
            cure="Name a file that holds one verifier key.",
        ) from None
    return parse_vkey(line)


def law_fields(office: Office) -> dict[str, str | int]:
    """The fields of an entry that says which agreement and rules are in force."""
    return {"agreement": office.law.agreement_digest, "rules": office.rules}


def database_url(url: str, directory: Path) -> str:
    """A URL of the settings with a relative SQLite path put inside the office."""
    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    inside = url.startswith(prefix) and not path.startswith("/") and path not in ("", ":memory:")
    return f"{prefix}{directory.absolute() / path}" if inside else url


def new_batch_id(random: Random) -> str:
    """A random batch id: `b-` and 16 hex digits. Not personal, and tells no order."""
    return f"b-{random(8).hex()}"
