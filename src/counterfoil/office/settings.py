"""One frozen settings object, read from `office.toml`. Closed by default: an unknown or missing
field refuses.

    format = "counterfoil-office-1"
    name = "example.gov/disclosure"        # the log's origin and the holder key's name; no spaces,
                                           no '+'
    sandbox = false                        # true: made-up registers, keys in clear and unsigned
                                           files are accepted
    database = "sqlite:///office.db"       # an SQLAlchemy URL; a relative SQLite path is inside the
                                           office directory; # or postgresql+psycopg://..., the
                                           password left to libpq
    chunk_rows = 4096                      # rows per encrypted chunk and per commit, 1 to 65536
    witnesses = ""                         # a C2SP tlog-policy inside the office directory; "" (the
                                           default): nobody is asked
    cosign_within_minutes = 60             # with witnesses: nothing is released without a
                                           cosignature this new, 1 to 10080
    publish_to = ""                        # the public folder that `ledger publish` writes; "" (the
                                           default): none
    publish_every_hours = 24               # what each publication promises for the next, 1 to 8784;
                                           `status` says when it is late
    publish_agreement = ""                 # what `agreement publish` wrote, inside the office: the
                                           public site shows it; "" (the default): its digest only
    sample_rows = 20                       # rows that the reviewing officer looks at: so many
                                           confirmed, as many not; 1 to 1000, # and 0 in a sandbox
                                           only
    workers = 0                            # processes that read, decide and account for a large
                                           file, 1 to 64; 0, or left out: as the machine allows
    canaries = 0                           # made-up people that `register build` seals beside the
                                           source's rows, 0 to 100000
    canary_notice_days = 7                 # a requester who asked for a canary is refused from the
                                           # next midnight (UTC) of a period of so many days, 1 to
                                           # 366; nothing is released meanwhile
    custodian = ""                         # the socket of a key custodian that is a process of its
                                           # own (docs/operate/custodian.md); "": this process has
                                           # the register key
    spark = ""                             # the Spark Connect endpoint of `--engine spark`, such as
                                           # sc://spark.example.gov:15002 (docs/operate/spark.md);
                                           # "": none
    batch_keys = "sqlite:///batch-keys.db" # where a share of each batch's key lies, outside the
                                           # backups of `database` (batches/shares.py): a file, or
                                           # a PostgreSQL database of its own
    page = []                              # program and arguments that page the officers when a
                                           canary is asked for; []: nobody

Limits on asking are not here: they are the agreement's (`law/agreement.yaml`), where both parties
can read them.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from counterfoil.core import canonical
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import SettingsFault

FORMAT: Final = "counterfoil-office-1"
FILE: Final = "office.toml"
MAX_BYTES: Final = 65_536
DATABASE: Final = "sqlite:///office.db"
BATCH_KEYS: Final = "sqlite:///batch-keys.db"
_NO_CONTROL: Final = frozenset({"format", "database", "chunk_rows", "workers"})
"""Of the database there are two names, its owner's and that of the role of daily work."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,127}\Z")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See the module. `chunk_rows` and `sample_rows` are counts of rows; `workers` of processes;
    `database` and `batch_keys` SQLAlchemy URLs; `witnesses`, `publish_to` and `publish_agreement` a
    path or ""; `canaries` a count of people; `page` a program and its arguments, run without a
    shell; `custodian` a path or ""; `spark` an endpoint or ""."""

    format: str
    name: str
    sandbox: bool
    database: str
    chunk_rows: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    witnesses: str = ""
    cosign_within_minutes: Annotated[int, msgspec.Meta(ge=1, le=10080)] = 60
    publish_to: str = ""
    publish_every_hours: Annotated[int, msgspec.Meta(ge=1, le=8784)] = 24
    publish_agreement: str = ""
    sample_rows: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 20
    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    canaries: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    page: tuple[str, ...] = ()
    canary_notice_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    custodian: str = ""
    spark: str = ""
    batch_keys: str = BATCH_KEYS


def new_settings(name: str, *, sandbox: bool, database: str = DATABASE) -> Settings:
    """Settings of a new office, with the embedded store unless another is named. Raises
    SettingsFault for a bad name."""
    sample_rows = 0 if sandbox else 20
    return _checked(
        Settings(FORMAT, name, sandbox, database, chunk_rows=4096, sample_rows=sample_rows)
    )


def read_settings(directory: Path) -> Settings:
    """Read DIRECTORY/office.toml. Raises SettingsFault naming the field and the cure."""
    try:
        text = read_bounded(directory / FILE, MAX_BYTES).decode("utf-8")
    except (OSError, ValueError):
        raise SettingsFault(
            "office_missing",
            "there is no readable office here",
            place=FILE,
            cure="Name the directory that office.toml is in (of a sandbox that `serve` made, its "
            "`office`), or a service by its URL, http://...; or make one with `counterfoil office "
            "create DIR`.",
        ) from None
    try:
        return _checked(msgspec.convert(tomllib.loads(text), Settings))
    except RecursionError:
        raise _unusable("values inside values without end") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise _unusable(str(fault)) from None


def write_settings(directory: Path, settings: Settings) -> None:
    """Write DIRECTORY/office.toml; inverse of `read_settings`."""
    fields = msgspec.structs.asdict(settings)
    lines = (f"{name} = {_toml(value)}\n" for name, value in fields.items())
    (directory / FILE).write_text("".join(lines), encoding="utf-8")


def controls_text(settings: Settings, directory: Path) -> str:
    """The settings that are controls, or weaken one where somebody changes them, as one line: what
    the ledger has of them. All are, but for those of `_NO_CONTROL`: who is paged, who has the
    register key, and where copies lie that show an older database, decide as much as how many rows
    are looked at. Of the witnesses' policy, its digest."""
    try:
        policy = (directory / settings.witnesses).read_bytes() if settings.witnesses else b""
    except OSError:
        policy = b"unreadable"
    fields: dict[str, Any] = msgspec.to_builtins(settings)
    said = {name: value for name, value in fields.items() if name not in _NO_CONTROL}
    return canonical.encode(
        said | {"witnesses": canonical.digest(policy) if policy else ""}
    ).decode()


def _unusable(why: str) -> SettingsFault:
    return SettingsFault(
        "office_settings",
        f"the settings cannot be used: {why}",
        place=FILE,
        cure="Correct the field; docs/operate/settings.md lists them.",
    )


def _toml(value: str | int | bool | tuple[str, ...]) -> str:
    return msgspec.json.encode(value).decode()


def _checked(settings: Settings) -> Settings:
    if settings.format != FORMAT:
        raise SettingsFault(
            "office_format",
            f"the settings are not of format {FORMAT}",
            place=FILE,
            cure="Open the office with the version that wrote it.",
        )
    if not _NAME.match(settings.name):
        raise SettingsFault(
            "office_name",
            "an office name has letters, digits and ./_- only",
            place=FILE,
            cure="Choose a name such as example.gov/disclosure.",
        )
    if not (settings.sample_rows or settings.sandbox):
        raise SettingsFault(
            "office_sample",
            "only a sandbox may release without a sample that an officer looked at",
            place=FILE,
            cure="Set `sample_rows` to 1 or more; 20 is the default.",
        )
    return settings
