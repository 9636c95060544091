"""Which witnesses must have cosigned: c2sp.org/tlog-policy.

    # a comment
    log <vkey> [<url>]
    witness W1 <vkey> [<url>]                 a cosigner's key; the url is its submission prefix
    witness W2 <vkey> [<url>]
    group both all W1 W2                      all, any, or how many of the members, which are named
                                              on lines before
    quorum both                               one such line: a witness, a group, or none

Items are separated by spaces and tabs. A policy is refused for control characters other than tab
and newline, a name or a key that is used twice (by a log and a witness, too), two witnesses whose
keys share name and key id, a key under which anybody can sign, a member that is listed in two
groups, an unknown first item and a missing quorum. Limit: 64 KB.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.tlog.cosignature import CosignerKey, parse_cosigner_key
from counterfoil.tlog.encoding import from_decimal
from counterfoil.tlog.note import VerifierKey, parse_vkey

MAX_POLICY_BYTES: Final = 65_536
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness line. `url` is "" where the line has none."""

    name: str
    key: CosignerKey
    url: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy taken apart. `groups`: name to (how many, of which members)."""

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def holds(self, cosigned: Collection[CosignerKey]) -> bool:
        """Whether these cosigners are enough."""
        return self._witnessed(
            self.quorum, {each.name for each in self.witnesses if each.key in cosigned}
        )

    def _witnessed(self, name: str, names: set[str]) -> bool:
        if name in self.groups:
            least, members = self.groups[name]
            return sum(self._witnessed(member, names) for member in members) >= least
        return name in names or name == _NONE


@dataclass(slots=True)
class _Read:
    """What the lines so far have said."""

    logs: list[VerifierKey] = field(default_factory=list[VerifierKey])
    witnesses: list[Witness] = field(default_factory=list[Witness])
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[int, tuple[str, ...]]]
    )
    names: set[str] = field(default_factory=set[str])
    members: set[str] = field(default_factory=set[str])
    quorum: str | None = None


def parse_policy(raw: bytes) -> Policy:
    """Read a policy. Closed by default: raises SettingsFault `policy_malformed`, naming the
    line."""
    if len(raw) > MAX_POLICY_BYTES or any(
        (byte < 0x20 and byte not in b"\t\n") or byte == 0x7F for byte in raw
    ):
        raise _malformed(0, f"it is over {MAX_POLICY_BYTES} bytes, or holds a control character")
    read = _Read()
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        items = line.replace("\t", " ").split(" ")
        items = [item for item in items if item]
        if items and not items[0].startswith("#"):
            wrong = _LINES.get(items[0], _unknown)(read, items[1:])
            if wrong:
                raise _malformed(number, wrong)
    if read.quorum is None:
        raise _malformed(0, "it has no quorum line")
    return Policy(tuple(read.logs), tuple(read.witnesses), read.groups, read.quorum)


def _log(read: _Read, items: list[str]) -> str:
    if len(items) not in (1, 2):
        return "a log line is: log VKEY [URL]"
    try:
        key = parse_vkey(items[0])
    except VerifyFault:
        return "this is not a log's verifier key"
    if any(key.public == other.public for other in read.logs):
        return "a log is listed twice"
    if any(key.public == other.key.public for other in read.witnesses):
        return "a log is a witness of its own"
    read.logs.append(key)
    return ""


def _witness(read: _Read, items: list[str]) -> str:
    if len(items) not in (2, 3):
        return "a witness line is: witness NAME VKEY [URL]"
    try:
        key = parse_cosigner_key(items[1])
    except VerifyFault:
        return "this is not a cosigner's verifier key"
    if any(key.public == other.key.public for other in read.witnesses):
        return "a witness is listed twice"
    if any(key.public == other.public for other in read.logs):
        return "a log is a witness of its own"
    if any(
        (key.name, key.key_id) == (other.key.name, other.key.key_id) for other in read.witnesses
    ):
        return "two witnesses share a name and a key id"
    read.witnesses.append(Witness(items[0], key, items[2] if len(items) == 3 else ""))
    return _named(read, items[0])


def _group(read: _Read, items: list[str]) -> str:
    if len(items) < 3:
        return "a group line is: group NAME all|any|NUMBER MEMBER..."
    name, many, *members = items
    least = {"all": len(members), "any": 1}.get(many) or from_decimal(many) or 0
    if not 1 <= least <= len(members):
        return "a group needs from one to all of its members"
    if (
        not read.names >= set(members)
        or len(set(members)) < len(members)
        or read.members & set(members)
    ):
        return "a member is unknown here, or is in a group already"
    read.members |= set(members)
    read.groups[name] = (least, tuple(members))
    return _named(read, name)


def _quorum(read: _Read, items: list[str]) -> str:
    if len(items) != 1 or read.quorum is not None:
        return "there is one quorum line: quorum NAME"
    read.quorum = items[0]
    return (
        "" if items[0] == _NONE or items[0] in read.names else "the quorum's name is unknown here"
    )


def _named(read: _Read, name: str) -> str:
    if name == _NONE or name in read.names:
        return "a name is used twice, or is none"
    read.names.add(name)
    return ""


def _unknown(_read: _Read, _items: list[str]) -> str:
    return "a line begins with log, witness, group or quorum"


_LINES: Final[dict[str, Callable[[_Read, list[str]], str]]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}


def _malformed(number: int, why: str) -> SettingsFault:
    return SettingsFault(
        "policy_malformed",
        f"this is not a witness policy: {why}",
        place=f"line {number}" if number else "",
        cure="See docs/formats/witness.md.",
    )
