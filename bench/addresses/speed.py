"""CPU microseconds to normalize one address, by shape, and to make its keys. Made-up addresses
only."""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable
from typing import Any

from counterfoil.core.values import Address
from counterfoil.normalize import address_keys, normalize_address

SHAPES = {
    "plain": ("1501 interlake ave n", ""),
    "plain, unit on line 2": ("1501 interlake ave n", "apt 4"),
    "unit on line 1": ("1501 interlake ave n apt 4b", ""),
    "numbered street": ("1501 ne 145th st", ""),
    "highway": ("1500 hwy 701", ""),
    "no suffix (parser proper)": ("1501 broadway", ""),
    "PO box": ("po box 123", ""),
}
ROUNDS = 20_000


def main() -> None:
    for name, (line1, line2) in SHAPES.items():
        address = Address(line1, line2, "Seattle", "WA", "98103")
        form = normalize_address(address)
        print(
            f"{name:28} form {_cost(normalize_address, address):6.1f}  keys "
            f"{_cost(address_keys, form):6.1f}"
        )


def _cost(call: Callable[[Any], object], value: Any) -> float:
    times = timeit.repeat(lambda: call(value), number=ROUNDS, repeat=5, timer=time.process_time)
    return min(times) / ROUNDS * 1e6


if __name__ == "__main__":
    main()
