"""A request's body in bounded memory and bounded time.

size    the stated length is looked at before the first byte, the bytes are counted as they come
time    each wait for bytes is bounded, and so is the whole: who drips bytes is cut off
memory  one block at a time; the server itself stops reading from the network meanwhile
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final, TypeVar

from starlette.requests import ClientDisconnect, Request

from counterfoil.core.errors import InputFault
from counterfoil.core.outside_json import decode_json, repeats_a_key
from counterfoil.core.values import Public

Value = TypeVar("Value")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class BodyLimits(Public, frozen=True):
    """`idle_seconds`: the longest wait for the next bytes. `least_rate`: bytes a second below which
    a body is cut off, `grace_seconds` apart."""

    idle_seconds: float = 15
    grace_seconds: float = 20
    least_rate: int = 8_192


BODY_LIMITS: Final = BodyLimits()


def stated_length(headers: Mapping[str, str], limit: int) -> int | None:
    """The length that the request states; None where it states none. Raises InputFault
    `body_too_long`."""
    text = headers.get("content-length")
    if text is None:
        return None
    if not _LENGTH.fullmatch(text) or int(text) > limit:
        raise too_long(limit)
    return int(text)


async def blocks(
    request: Request, limit: int, limits: BodyLimits = BODY_LIMITS
) -> AsyncIterator[bytes]:
    """The body, block by block. Raises InputFault `body_too_long`, `body_slow`, `body_cut`."""
    stated_length(request.headers, limit)
    stream, size, begun = request.stream().__aiter__(), 0, time.monotonic()
    while True:
        left = begun + limits.grace_seconds + size / limits.least_rate - time.monotonic()
        try:
            async with asyncio.timeout(max(0, min(limits.idle_seconds, left))):
                block = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise InputFault(
                "body_slow",
                "the body came too slowly",
                place="body",
                cure="Nothing was kept. Send it again over a better line.",
            ) from None
        except ClientDisconnect:
            raise InputFault(
                "body_cut",
                "the body ended early",
                place="body",
                cure="Nothing was kept. Send it again, whole.",
            ) from None
        size += len(block)
        if size > limit:
            raise too_long(limit)
        if block:
            yield block


async def read_json(request: Request, kind: type[Value], limit: int) -> tuple[Value, bytes]:
    """The value of a JSON body, and its bytes. Raises InputFault `body_json`, as `blocks`."""
    data = b"".join([block async for block in blocks(request, limit)])
    return json_value(data, kind), data


def json_value(data: bytes, kind: type[Value]) -> Value:
    """The value that JSON bytes hold. Raises InputFault `body_json`."""
    try:
        if repeats_a_key(data):
            raise ValueError("a key is repeated")
        return decode_json(data, kind)
    except ValueError:
        raise InputFault(
            "body_json",
            "the body is not the JSON that this route takes",
            place="body",
            cure="See the route in openapi.yaml.",
        ) from None


def too_long(limit: int) -> InputFault:
    """The body is longer than the door takes."""
    return InputFault(
        "body_too_long",
        f"the body is longer than {limit} bytes",
        place="body",
        cure="Nothing was kept. Split the file, or have the limit raised.",
    )
