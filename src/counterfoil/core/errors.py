"""The one error tree. A failed check raises; a finding is a value; a bug is an assertion.

    CounterfoilError
    |- UsageFault         exit 2   the call itself is wrong
    |- InputFault         exit 1   a file, field or setting that cannot be used
    |  |- SettingsFault            office.toml, a law or agreement file
    |  '- KeyFault                 a key or passphrase
    |- StateFault         exit 1   the batch, register or database is not in the state that the step
                          needs
    |- StoreFault         exit 1   disk, database or register store failed; nothing was answered
    |- GateFault          exit 4   a whole file was refused by the gate
    '- VerifyFault        exit 5   a signature, digest or proof did not verify

Every error says three things apart: `message` (the fact), `place` (file, row, field, index) and
`cure` (what to do). No message, place or cure ever carries a value of a person's record: callers
pass names of fields and positions, never contents.
"""

from __future__ import annotations


class CounterfoilError(Exception):
    """Base. `code` is stable and documented in docs/formats/codes.md; words may change, codes do
    not."""

    exit_code = 1

    def __init__(self, code: str, message: str, *, place: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.cure = cure

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        cure = f" {self.cure}" if self.cure else ""
        return f"{place}{self.message} [{self.code}]{cure}"


class UsageFault(CounterfoilError):
    """The call itself is wrong."""

    exit_code = 2


class InputFault(CounterfoilError):
    """A file, field or setting that cannot be used."""


class SettingsFault(InputFault):
    """office.toml, a statute or an agreement that cannot be used: closed by default (P10)."""


class KeyFault(InputFault):
    """A key file or passphrase that cannot be used."""


class StateFault(CounterfoilError):
    """The batch, register or database is not in the state that the step needs."""


class StoreFault(CounterfoilError):
    """Disk, database or register store failed; nothing was answered."""


class GateFault(CounterfoilError):
    """The gate refused a whole file, or two officers' override."""

    exit_code = 4


class VerifyFault(CounterfoilError):
    """A signature, digest or proof did not verify."""

    exit_code = 5
