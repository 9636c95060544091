"""A request that an officer signed is taken once, also after the machine's clock went forward and
back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.core.errors import UsageFault
from counterfoil.office.signed_request import SKEW, Nonces
from tests.world.office import NOW


def test_what_was_forgotten_is_too_old_whatever_the_clock_says_then() -> None:
    nonces = Nonces(NOW - timedelta(hours=1))
    nonces.use("officer-a", "0" * 32, NOW)
    with pytest.raises(UsageFault, match="came before"):
        nonces.use("officer-a", "0" * 32, NOW)
    later = NOW + 3 * SKEW + timedelta(seconds=2)
    nonces.use("officer-a", "1" * 32, later)  # the first one is forgotten now
    signed_at_most = NOW + SKEW
    assert signed_at_most < nonces.since < later - SKEW, "and nothing that is signed now is refused"
