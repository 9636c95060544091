"""The header of an item: what everybody may read who passes it on, and what its sender signs.

One line of canonical JSON (core/canonical.py), of at most 8,192 bytes:

    {"agreement":"sha256:...","answers":"","content":"sha256:...","expires":"2026-06-01T00:00:00Z",
     "format":"counterfoil-item-1","item":"32 hex digits","kind":"request","length":4096,
     "office":"example.gov/disclosures","to":["sha256:..."]}

The same bytes are the `info` under which the item's key is sealed, the context of its encryption,
and the payload that its sender signs: docs/formats/item.md. `content` is a commitment, because a
digest of one answer of four could be guessed. Nothing else in the header depends on the content
except `length`, which is rounded up (sizes.py). A version that is not known is refused; there is no
other suite to choose.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast, get_args

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.values import Public

FORMAT: Final = "counterfoil-item-1"
MAX_HEADER_BYTES: Final = 8192
MAX_KEYS: Final = 16
MAX_LENGTH: Final = 2**32
"""Bytes of content and padding: 4 GiB."""

Kind = Literal["request", "answer", "notice"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_ITEM: Final = re.compile("[0-9a-f]{32}")
_DIGEST: Final = re.compile("sha256:[0-9a-f]{64}")
_ORIGIN: Final = re.compile(r"[^\s+\x00-\x1f]{1,255}")


class ItemHeader(Public, frozen=True):
    """What an item says of itself in clear.

    `item` is random and names it once; `office` is the origin of the holder's ledger; `to` names
    the opening keys that it is sealed to (keys.py); `agreement` is the agreement's digest;
    `answers` is the item that it answers, or "". `length` counts bytes of content and padding.
    `content` and `length` are filled in by `seal_item`.
    """

    kind: Kind
    item: str
    office: str
    to: tuple[str, ...]
    agreement: str
    expires: datetime
    answers: str = ""
    length: int = 0
    content: str = ""

    def encode(self) -> bytes:
        """The canonical line, without its newline. Inverse of `read_header`."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        fields |= {"format": FORMAT, "to": list(self.to), "expires": instant_text(self.expires)}
        return canonical.encode(fields)


def new_item(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A random id of an item: 128 bits as 32 hex digits."""
    return random(16).hex()


def is_item(text: str) -> bool:
    """Whether a text is an item's id. It is then safe in a file name and in a URL."""
    return _ITEM.fullmatch(text) is not None


def read_header(line: bytes) -> ItemHeader:
    """The header that a line holds. Raises VerifyFault `item_format`, `item_header`."""
    fields = canonical.read_object(line) if len(line) <= MAX_HEADER_BYTES else None
    if fields is None:
        raise _malformed("it is not one line of canonical JSON within its limit")
    if fields.pop("format", None) != FORMAT:
        raise unknown_format()
    if fields.keys() != set(ItemHeader.__struct_fields__):
        raise _malformed("it has a field too many or too few")
    for name, has_form in _FORMS.items():
        if not has_form(fields[name]):
            raise _malformed(f"its field {name} does not have its form")
    fields |= {"to": tuple(fields["to"]), "expires": from_instant(fields["expires"])}
    return ItemHeader(**fields)


def require_current(header: ItemHeader, now: datetime) -> None:
    """Raise VerifyFault `item_expired` where the item's last moment is over."""
    if now.astimezone(UTC) > header.expires:
        raise VerifyFault(
            "item_expired",
            "the item's time is over, and nobody acts on it",
            place="item, expires",
            cure="Have its sender seal and sign it anew: an item is sent once.",
        )


def unknown_format() -> VerifyFault:
    """The fault of an item that is of another format, or of none."""
    return VerifyFault(
        "item_format",
        f"this is not an item of format {FORMAT}",
        place="item",
        cure="If it is an item, open it with a newer version. If it is an open file, seal it "
        "first: `counterfoil-ask sign FILE --key KEY`.",
    )


def _malformed(why: str) -> VerifyFault:
    return VerifyFault(
        "item_header",
        f"the item's header cannot be read: {why}",
        place="item, header",
        cure="Fetch the item again, byte for byte; if it stays, ask its sender for another.",
    )


def _is_text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and instant_text(from_instant(value)) == value
    except ValueError:
        return False


def _are_keys(value: Any) -> bool:
    keys = cast("list[Any]", value) if isinstance(value, list) else []
    return 1 <= len(keys) <= MAX_KEYS and all(map(_is_digest, keys)) and len(set(keys)) == len(keys)


def _is_length(value: Any) -> bool:
    return type(value) is int and 0 < value <= MAX_LENGTH


_is_digest: Final = _is_text(_DIGEST)
_is_item: Final = _is_text(_ITEM)
_FORMS: Final[dict[str, Callable[[Any], bool]]] = {
    "kind": lambda value: value in KINDS,
    "item": _is_item,
    "office": _is_text(_ORIGIN),
    "to": _are_keys,
    "agreement": _is_digest,
    "expires": _is_instant,
    "answers": lambda value: value == "" or _is_item(value),
    "length": _is_length,
    "content": _is_digest,
}
