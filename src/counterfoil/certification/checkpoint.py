"""The state of a certification, so that it can go on after it was broken off. Format
`counterfoil-certify-1`.

    register/SNAPSHOT/certify.json   {"signature": "<base64>", "state": {...}}   canonical JSON,
                                     replaced whole, mode 0600

`state` is `CertificationStatus`: what is certified, which pass over the source, how many of its
rows are done, and the counts. The holder's key signs "counterfoil/certify/v1" 00 and the canonical
bytes of `state`, so nobody else can make wrong answers vanish (`certify_state_altered`). Whoever
restores an older file causes some decoys to be asked again, the same ones. Lost: begin again. The
state holds counts and names of levels, no name and no address. A state of another snapshot, seed,
scope or number of decoys is not continued (`certify_state_other`).
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.certification.decoys import KINDS
from counterfoil.certification.tally import Tally, new_tally, plain
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault

FORMAT: Final = "counterfoil-certify-1"
STATE_FILE: Final = "certify.json"
_CONTEXT: Final = b"counterfoil/certify/v1\x00"
_MORE: Final = 1.05


class CertificationTask(msgspec.Struct, frozen=True):
    """What is certified: digest of the manifest, kind of question, seed in hex, decoys wanted of
    each kind, and the kinds that are left out."""

    manifest: str
    asks: str
    seed: str
    per_class: int
    without: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are asked."""
        return tuple(
            name
            for name, kind in KINDS.items()
            if name not in self.without and self.asks in kind.scopes
        )


class CertificationStatus(msgspec.Struct):
    """`rows_done` of the source in pass number `turn`; `wanted` visits by kind in it; all counts so
    far."""

    task: CertificationTask
    wanted: dict[str, int]
    turn: int = 0
    rows_done: int = 0
    tally: Tally = msgspec.field(default_factory=new_tally)

    @property
    def asked(self) -> int:
        """Decoys asked, of all kinds, none counted beyond what is wanted."""
        return sum(min(self.task.per_class, self.tally[name].asked) for name in self.task.kinds)

    @property
    def is_done(self) -> bool:
        """Whether every kind was asked as often as is wanted."""
        return self.asked >= self.task.per_class * len(self.task.kinds)

    def next_turn(self, rows: int) -> None:
        """After a whole pass: how many visits each kind still needs, by how many of its visits gave
        a decoy.

        Raises StateFault `certify_kind_untried` where a visit of each of the source's `rows` gave
        none of a kind.
        """
        self.turn, self.rows_done = self.turn + 1, 0
        for count in self.tally.values():
            count.new_pass()
        self.wanted = {
            name: _visits(name, self.tally, self.task.per_class, rows) for name in self.task.kinds
        }


def begin(task: CertificationTask) -> CertificationStatus:
    """The first pass: a visit for each decoy wanted."""
    return CertificationStatus(task=task, wanted=dict.fromkeys(task.kinds, task.per_class))


def save(folder: Path, status: CertificationStatus, key: Ed25519PrivateKey) -> None:
    """Replace the state file. Inverse of `load`. Raises StoreFault."""
    state = _plain(status)
    signature = b64encode(key.sign(_CONTEXT + canonical.encode(state))).decode("ascii")
    try:
        replace_file(
            folder / STATE_FILE,
            canonical.encode({"format": FORMAT, "signature": signature, "state": state}),
        )
    except OSError as fault:
        raise state_unwritable(fault) from None


def state_unwritable(fault: OSError) -> StoreFault:
    """The state file, or the lock beside it, cannot be written."""
    return StoreFault(
        "certify_state_unwritable",
        f"the state cannot be written ({type(fault).__name__})",
        place=STATE_FILE,
        cure="Check disk space and permissions, then run it again with --resume.",
    )


def load(folder: Path, task: CertificationTask, key: Ed25519PrivateKey) -> CertificationStatus:
    """The state of `task`. Raises StateFault `certify_state_missing`, `certify_state_other`,
    VerifyFault."""
    try:
        stored: dict[str, Any] = json.loads((folder / STATE_FILE).read_bytes())
        state = stored["state"]
        key.public_key().verify(
            b64decode(stored["signature"], validate=True), _CONTEXT + canonical.encode(state)
        )
        status = msgspec.convert(state, CertificationStatus)
    except FileNotFoundError:
        raise StateFault(
            "certify_state_missing",
            "no certification was begun on this snapshot",
            place=STATE_FILE,
            cure="Run it without --resume.",
        ) from None
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        InvalidSignature,
        binascii.Error,
        msgspec.MsgspecError,
    ):
        raise VerifyFault(
            "certify_state_altered",
            "the state is not what this office's key wrote",
            place=STATE_FILE,
            cure="Run it without --resume: it begins again.",
        ) from None
    if status.task != task:
        raise StateFault(
            "certify_state_other",
            "what was begun is another certification",
            place=STATE_FILE,
            cure="Give the same --per-class, --ask and --seed, or run it without --resume.",
        )
    return status


def _plain(status: CertificationStatus) -> dict[str, Any]:
    return {
        "task": msgspec.to_builtins(status.task),
        "wanted": status.wanted,
        "turn": status.turn,
        "rows_done": status.rows_done,
        "tally": plain(status.tally),
    }


def _visits(name: str, tally: Tally, per_class: int, rows: int) -> int:
    missing, count = per_class - tally[name].asked, tally[name]
    if missing <= 0:
        return 0
    if count.asked:
        return int(missing * count.visits / count.asked * _MORE) + 100
    if count.visits < rows:
        return rows
    raise kinds_untried((name,))


def kinds_untried(kinds: Iterable[str]) -> StateFault:
    """The fault of kinds of which this register can be asked nothing."""
    names = ", ".join(kinds)
    return StateFault(
        "certify_kind_untried",
        f"this register cannot be asked decoys of these kinds: {names}",
        place="certificate",
        cure="Nothing was certified. docs/formats/certificate.md says what each kind needs; "
        "with --without they are left out, and the"
        " certificate says that it does not cover them.",
    )
