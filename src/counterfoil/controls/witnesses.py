"""What an office's witnesses decide for it: whether it may answer, and what is done where one holds
another history.

With `witnesses` set in office.toml, which names a C2SP tlog-policy inside the office:

    1  Nothing is released unless the checkpoint that was cosigned last is of this tree, and so many
       of its cosignatures are at most `cosign_within_minutes` old that they are the policy's quorum
       by themselves, and unless it covers the batch's newest entry, the review. `ledger cosign`
       brings it back; run it more often than that. The times are the witnesses' own, and are
       signed.
       Nor is the register opened for a batch before they cosigned its rows, by the same checkpoint.
    2  A witness that refuses a checkpoint because it has another history, or a larger one of ours
       than we have, is named in the result, and entered as `fork`. The office is then suspended,
       whatever the others said, until two officers lift it (controls/suspension/service.py): an
       honest witness that says so has seen another history under the holder's signature. One that
       lies can stop an office; officers take it out of the policy before they lift.
    3  A checkpoint with the holder's signature that `ledger check` finds not to be of this tree is
       entered the same way.

    4  What guards remember is forgotten, and their windows move, by the time that a quorum vouched
       for last; without witnesses, by the time of what was entered before the batch. So a clock
       that is set forward in one command moves no window.

    5  Each process asks them, before it first opens or releases, about the checkpoint that was
       signed last: an older copy of everything on the machine has cosignatures that are new enough
       for so many minutes. A witness that is down says nothing, and 1 holds all the same.

A second `fork` is not entered before a `resumption` came after the first. Without `witnesses`, 1
never stops an office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from counterfoil.batches.batch import Batch
from counterfoil.controls.suspension.service import hold_batches
from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.instants import from_instant
from counterfoil.core.use_cases import Actor, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import MAX_NUMBER, Value
from counterfoil.ledger.store import read_checkpoints, read_head
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_service
from counterfoil.tlog import Checkpoint, check_checkpoint, parse_checkpoint
from counterfoil.tlog.cosignature import CosignerKey, check_cosignatures
from counterfoil.tlog.policy import MAX_POLICY_BYTES, Policy, parse_policy
from counterfoil.tlog.witness_client import Prove, Witnessed, ask_witnesses

Ask = Callable[[Policy, str, Prove], Witnessed]
_COUNTED: Final = ("granted", "refused", "rejected")
_OTHER_HISTORY: Final = ("fork", "ahead")


class Cosigned(Public, frozen=True):
    """What came of asking. `fork` is the index of the entry that was made, or None; `holds`:
    whether there is a quorum; `reasons`: what witnesses said in refusing, printable ASCII."""

    note: str
    said: dict[str, str]
    holds: bool
    fork: int | None
    reasons: dict[str, str] = {}


class Cosign(Public, frozen=True):
    """Have the newest checkpoint cosigned. `policy`: a C2SP tlog-policy, or None for office.toml's
    own."""

    policy: Upload | None = None


class QuorumStatus(Public, frozen=True):
    """How an office stands with its witnesses. `size` is -1 and `time` "" where nothing was
    cosigned yet."""

    configured: bool
    size: int
    time: str
    fresh: bool


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises SettingsFault `policy_unreadable`, `policy_malformed`."""
    try:
        with path.open("rb") as file:
            return parse_policy(file.read(MAX_POLICY_BYTES + 1))
    except OSError:
        raise SettingsFault(
            "policy_unreadable",
            "the witness policy cannot be read",
            place=path.name,
            cure="Put the file back, or correct `witnesses` in office.toml.",
        ) from None


def office_policy(office: Office) -> Policy | None:
    """The policy that office.toml names, or None where it names none. Raises SettingsFault."""
    named = office.settings.witnesses
    return read_policy(office.directory / named) if named else None


def witness_status(office: Office, _actor: Actor) -> QuorumStatus:
    """How the office stands with its witnesses. Anybody may ask. Raises as `quorum_status`."""
    with office.store.reading() as connection:
        return quorum_status(office, connection)


def quorum_status(office: Office, connection: Connection) -> QuorumStatus:
    """Whether rule 1 holds in this transaction. Raises SettingsFault (the policy), VerifyFault
    (what is kept does not verify)."""
    policy, note = office_policy(office), office.ledger.newest_cosigned(connection)
    if policy is None or note is None:
        size = -1 if note is None else parse_checkpoint(note).size
        return QuorumStatus(policy is not None, size, "", policy is None)
    checkpoint = check_checkpoint(note, office.log_keys)
    times = check_cosignatures(note, [each.key for each in policy.witnesses])
    now, limit = int(office.clock().timestamp()), 60 * office.settings.cosign_within_minutes
    fresh = policy.holds({key for key, time in times.items() if abs(now - time) <= limit})
    fresh = fresh and _is_ours(office, connection, checkpoint)
    return QuorumStatus(True, checkpoint.size, _time_text(max(times.values(), default=0)), fresh)


def require_witnessed(office: Office, connection: Connection, index: int = -1) -> None:
    """Rule 1; `index`: of an entry that the quorum must have cosigned. Raises StateFault
    `cosign_overdue`, `cosign_behind`; as `quorum_status`."""
    status = quorum_status(office, connection)
    if status.fresh and status.configured and status.size <= index:
        raise StateFault(
            "cosign_behind",
            "the witnesses have not cosigned the newest entries of this batch yet",
            place=f"entry {index}",
            cure="Run `counterfoil ledger cosign`, then the same command again.",
        )
    if not status.fresh:
        raise StateFault(
            "cosign_overdue",
            "no checkpoint was cosigned by a quorum of witnesses in the last "
            f"{office.settings.cosign_within_minutes} minutes",
            place="ledger",
            cure="Run `counterfoil ledger cosign`, then the same command again; run it by the "
            "clock from then on.",
        )


def require_no_later_history(office: Office, ask: Ask = ask_witnesses) -> None:
    """Rule 5: ask the witnesses about the checkpoint that was signed last, unless this process did.

    Raises VerifyFault `ledger_fork`; as `quorum_status`."""
    policy = office_policy(office)
    if policy is None or office.asked_witnesses:
        return
    with office.store.reading() as connection:
        note = office.ledger.newest_checkpoint(connection)
    if note is None:
        return
    done = ask_for_cosignatures(office, policy, note, ask)
    if any(said in _OTHER_HISTORY for said in done.said.values()):
        with office.store.transaction() as connection:
            fork = _enter_claimed(office, connection, parse_checkpoint(note), policy, done)
        if fork is not None:
            require_cosigned(Cosigned(done.note, done.said, done.holds, fork, done.reasons))
    office.asked_witnesses.append(True)


def require_cosigned_batch(office: Office, connection: Connection, batch: Batch) -> None:
    """Rule 1, before the register is opened: a quorum cosigned the newest entry about the batch's
    rows. Raises StateFault `cosign_behind`; as `quorum_status`."""
    if office_policy(office) is None:
        return
    about = (EntryKind.BATCH, EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED)
    index = max(_newest_about(office, connection, batch, kind) for kind in about)
    note = office.ledger.newest_cosigned(connection)
    signed = None if note is None else check_checkpoint(note, office.log_keys)
    if signed is None or signed.size <= index or not _is_ours(office, connection, signed):
        raise StateFault(
            "cosign_behind",
            "the witnesses have not cosigned the newest entries of this batch yet",
            place=f"entry {index}",
            cure="Run `counterfoil ledger cosign`, then the same command again.",
        )


def _newest_about(office: Office, connection: Connection, batch: Batch, kind: EntryKind) -> int:
    """The index of the newest entry of a kind about the batch; -1 where there is none."""
    if kind.value in _COUNTED and not batch.counts.get(kind.value, 0):
        return -1
    for index, entry in office.ledger.newest_of(connection, kind):
        if entry.fields["batch"] == batch.id:
            return index
    return -1


def known_time(office: Office, connection: Connection, index: int) -> datetime | None:
    """The latest time that is vouched for after the entry of this index: by a quorum that cosigned
    it, but never later than now; without witnesses, by the ledger's newest entry. None where there
    is none yet. Raises as `quorum_status`."""
    policy, note = office_policy(office), office.ledger.newest_cosigned(connection)
    if policy is None:
        return from_instant(read_head(connection).time)
    if note is None or check_checkpoint(note, office.log_keys).size <= index:
        return None
    times = check_cosignatures(note, [each.key for each in policy.witnesses])
    return _vouched(office, policy, times)


def _vouched(office: Office, policy: Policy, times: Mapping[CosignerKey, int]) -> datetime | None:
    """The latest time, now at most, that a quorum vouched for: a witness that lies cannot move a
    window, or shorten a delay, beyond the office's own clock."""
    for vouched in sorted(times.values(), reverse=True):
        if policy.holds({key for key, time in times.items() if time >= vouched}):
            return _instant(min(vouched, int(office.clock().timestamp())))
    return None


def witnessed_proof(office: Office, connection: Connection, index: int | None) -> str:
    """The proof of an entry to the checkpoint that was cosigned last; "" where the office has no
    witnesses or they have not cosigned the entry yet. Raises as `quorum_status`."""
    note = office.ledger.newest_cosigned(connection)
    if office_policy(office) is None or note is None or index is None:
        return ""
    if check_checkpoint(note, office.log_keys).size <= index:
        return ""
    return office.ledger.tlog_proof(connection, index, note)


def windows_end(office: Office, connection: Connection, batch: Batch) -> date:
    """Rule 4: the day beyond which no window moves for this batch. Raises as `quorum_status`."""
    policy, note = office_policy(office), office.ledger.newest_cosigned(connection)
    if policy is None:
        return _entered_before(office, connection, batch).date()
    if note is not None:
        check_checkpoint(note, office.log_keys)
        times = check_cosignatures(note, [each.key for each in policy.witnesses])
        vouched = _vouched(office, policy, times)
        if vouched is not None:
            return vouched.date()
    first = office.ledger.entry(connection, 0)
    return batch.gate_date if first is None else from_instant(first.time).date()


_OF_ITS_COMMIT: Final = (EntryKind.LAW, EntryKind.SETTINGS, EntryKind.STATE)
"""What is entered before a batch in the commit that enters it."""


def _entered_before(office: Office, connection: Connection, batch: Batch) -> datetime:
    """The time of the last entry before the commit that entered this batch."""
    for index, entry in office.ledger.newest_of(connection, EntryKind.BATCH):
        if entry.fields["batch"] == batch.id:
            for before in range(index - 1, -1, -1):
                found = office.ledger.entry(connection, before)
                if found is not None and found.kind not in _OF_ITS_COMMIT:
                    return from_instant(found.time)
    return batch.received_at


def cosign(office: Office, actor: Actor, command: Cosign, ask: Ask = ask_witnesses) -> Cosigned:
    """Sign a checkpoint, ask the witnesses with `ask`, keep what a quorum cosigned, and enter what
    one of them has against it. Only the office itself may.

    Kept is what the office's own policy, where it has one, finds enough. Raises UsageFault
    `policy_missing`, SettingsFault (the policy), KeyFault, StoreFault, VerifyFault.
    """
    require_service(actor)
    own = office_policy(office)
    policy = read_policy(command.policy.path) if command.policy else own
    if policy is None:
        raise UsageFault(
            "policy_missing",
            "office.toml names no witnesses",
            place="--policy",
            cure="Name a policy, or set `witnesses` in office.toml.",
        )
    with office.store.transaction() as connection:
        note = office.ledger.sign_checkpoint(connection, office.signer())
    done = ask_for_cosignatures(office, policy, note, ask)
    with office.store.transaction() as connection:
        decisive = own or policy
        times = check_cosignatures(done.note, [each.key for each in decisive.witnesses])
        if done.holds and decisive.holds(times):
            office.ledger.keep_cosigned(connection, done.note)
        fork = _enter_claimed(office, connection, parse_checkpoint(note), policy, done)
    return Cosigned(done.note, done.said, done.holds, fork, done.reasons)


def ask_for_cosignatures(
    office: Office, policy: Policy, note: str, ask: Ask = ask_witnesses
) -> Witnessed:
    """What the witnesses of this policy say of a checkpoint that the office signed. Nothing is
    kept."""
    size = parse_checkpoint(note).size
    with office.store.reading() as connection:
        return ask(policy, note, lambda old: office.ledger.prove_consistency(connection, old, size))


def require_cosigned(done: Cosigned) -> None:
    """Raise VerifyFault `ledger_fork` where a witness holds another history, `witness_quorum` where
    too few cosigned."""
    said = ", ".join(f"{name} {what}" for name, what in done.said.items())
    if done.fork is not None:
        raise VerifyFault(
            "ledger_fork",
            f"a witness holds another history: {said}",
            place=f"entry {done.fork}",
            cure="It is entered, and nothing is answered. Compare with what that witness holds, "
            "then lift it with "
            "`counterfoil resume --order FILE --second KEY`; a witness that lied is first taken "
            "out of the policy.",
        )
    if not done.holds:
        raise VerifyFault(
            "witness_quorum",
            f"the witnesses that cosigned are no quorum: {said or 'there are none'}",
            cure="Ask again when they are up. `fork` and `ahead` mean that a witness holds "
            "another history: "
            "answer nothing, keep this database, and ask the witness for what it holds.",
        )


def enter_fork(office: Office, actor: Actor, others: Iterable[str]) -> int | None:
    """Rule 3: enter the first signed note, of the office's own and `others`, that is not of this
    tree; its index, or None. Only the office itself may.

    None also where a fork was entered and not lifted since. Raises VerifyFault where another than
    the holder signed one.
    """
    require_service(actor)
    with office.store.transaction() as connection:
        checkpoint = _present(office, connection)
        own = [note for _, note in read_checkpoints(connection)]
        for note in (*own, *others):
            other = check_checkpoint(note, office.log_keys)
            if not _is_ours(office, connection, other):
                return _enter(
                    office, connection, checkpoint, {"other": _digest(other), **_size(other.size)}
                )
    return None


def _present(office: Office, connection: Connection) -> Checkpoint:
    """The checkpoint of this ledger as it stands."""
    size = office.ledger.size(connection)
    return Checkpoint(office.settings.name, size, office.ledger.root(connection, size))


def _enter_claimed(
    office: Office, connection: Connection, signed: Checkpoint, policy: Policy, done: Witnessed
) -> int | None:
    """Rule 2. A witness that is ahead of what was signed, but not of what has been entered since,
    was asked by another run."""
    size = office.ledger.size(connection)
    for witness in policy.witnesses:
        held = done.held.get(witness.name)
        if done.said[witness.name] in _OTHER_HISTORY and not (
            held is not None and signed.size < held <= size
        ):
            fields: dict[str, Value] = {"cosigner": canonical.digest(str(witness.key).encode())}
            return _enter(
                office, connection, signed, fields | ({} if held is None else _size(held))
            )
    return None


def _enter(
    office: Office, connection: Connection, checkpoint: Checkpoint, fields: dict[str, Value]
) -> int | None:
    newest = office.ledger.index_of_newest
    if newest(connection, EntryKind.FORK) > newest(connection, EntryKind.RESUMPTION):
        return None
    hold_batches(connection)
    said = {"checkpoint": _digest(checkpoint), **fields}
    return journal.enter(office, connection, EntryKind.FORK, said)


def _is_ours(office: Office, connection: Connection, checkpoint: Checkpoint) -> bool:
    try:
        office.ledger.check_ours(connection, checkpoint)
    except VerifyFault:
        return False
    return True


def _digest(checkpoint: Checkpoint) -> str:
    return canonical.digest(str(checkpoint).encode())


def _size(size: int) -> dict[str, Value]:
    return {"size": size} if size <= MAX_NUMBER else {}


def _time_text(seconds: int) -> str:
    try:
        return f"{_instant(seconds):%Y-%m-%dT%H:%M:%SZ}" if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
