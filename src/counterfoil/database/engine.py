"""Opening and creating the office's database. See the package's docstring for the promise.

Alembic is imported where tables are made or migrated alone: reading it takes a tenth of the time in
which a command starts, and most commands open a database of this version.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Final, Protocol
from weakref import finalize

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from counterfoil.core.errors import SettingsFault, StateFault, StoreFault
from counterfoil.database import postgres, sqlite
from counterfoil.database.faults import store_fault

METADATA: Final = MetaData()
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_KINDS: Final = {"sqlite": sqlite, "postgresql": postgres}
_FILES: Final = ("sqlite", "sqlite+pysqlite")
_DRIVERS: Final = (*_FILES, "postgresql+psycopg")


class Watch(Protocol):
    """What looks at each transaction as it begins, before it is made durable, and as it ends."""

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """A transaction has begun."""
        ...

    def commit(self, connection: Connection) -> None:
        """A writing transaction is about to be made durable. What this raises rolls it back."""
        ...

    def end(self, connection: Connection) -> None:
        """A transaction is over, or is about to be."""
        ...


class Store:
    """One database. `transaction` writes, `reading` reads; neither hides an error. A server is told
    of the end, at the latest when the process ends. `watch`: what looks at each transaction;
    `lease`: what a writing transaction is made within, and what refuses it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.watch: Watch | None = None
        self.lease: Callable[[], AbstractContextManager[None]] = nullcontext
        finalize(self, engine.dispose)

    @contextmanager
    def _watched(self, connection: Connection, *, writes: bool) -> Generator[None]:
        if self.watch is None:
            yield
            return
        self.watch.begin(connection, writes=writes)
        try:
            yield
            if writes:
                self.watch.commit(connection)
        finally:
            self.watch.end(connection)

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """One writer at a time; durable when the block ends, rolled back when it raises.

        Raises StoreFault `store_failed` when the database cannot be written (disk full, locked,
        damaged), `store_refused` when a rule of the database forbids the change.
        """
        try:
            with (
                self.lease(),
                self.engine.connect() as connection,
                connection.begin(),
                self._watched(connection, writes=True),
            ):
                yield connection
        except SQLAlchemyError as fault:
            raise store_fault(fault) from None

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One moment of the database, for reading only: waits for no writer and makes none wait.

        Raises StoreFault when the database cannot be read, or when the block tries to write.
        """
        try:
            with (
                self.engine.connect().execution_options(**{sqlite.READS_ONLY: True}) as connection,
                connection.begin(),
                self._watched(connection, writes=False),
            ):
                yield connection
        except SQLAlchemyError as fault:
            raise store_fault(fault) from None

    def cut_log(self) -> None:
        """Fold the write-ahead log into the database and cut it to nothing, so that what was
        deleted is in neither.

        Raises StoreFault `log_not_cut` while another program reads the database.
        """
        if self.engine.dialect.name != "sqlite":
            return
        connection = self.engine.raw_connection()
        try:
            busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
        if busy:
            raise StoreFault(
                "log_not_cut",
                "another program reads the database: what was deleted may still stand in its log",
                place=f"{Path(self.engine.url.database or '').name}-wal",
                cure="End the other program, then run the command again.",
            )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def create_store(url: str) -> Store:
    """Make every table of the current version at `url`, an SQLAlchemy URL: a new SQLite file, or an
    empty PostgreSQL database.

    Raises SettingsFault for another kind of URL or a server that is not durable, StateFault
    `database_taken` where tables of an office stand already, StoreFault if it cannot be made.
    """
    _make_private(url)
    with _first(url) as (store, connection):
        if _held(connection) is not None:
            raise StateFault(
                "database_taken",
                "the database holds an office already",
                cure="Name an empty database; nothing was changed.",
            )
        _upgrade(connection)
    return store


def open_store(url: str) -> Store:
    """Open the database at `url`. An older one is migrated to this version, whole or not at all.

    Raises StateFault `database_newer` or `database_empty`, SettingsFault for another kind of URL,
    StoreFault if it cannot be read.
    """
    _must_exist(url)
    path = file_of(url)
    if path is not None:
        sqlite.close_to_others(path)
    with _first(url) as (store, connection):
        held = _held(connection)
        if held is None:
            raise _empty()
        if held != max(_revisions()):
            _migrate(connection, held)
    return store


def open_own_store(url: str, tables: MetaData) -> Store:
    """Open a database beside the office's, whose few tables no migration changes: they are made
    where they are not there.

    Raises SettingsFault for another kind of URL, StateFault `database_taken` where it is an
    office's own database, StoreFault if it cannot be read or made.
    """
    with _first(url) as (store, connection):
        if _held(connection) is not None:
            raise StateFault(
                "database_taken",
                "the database holds an office, whose backups would copy what is to lie apart",
                place="batch_keys",
                cure="Name another database, or leave `batch_keys` out of office.toml.",
            )
        tables.create_all(connection)
    return store


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL; None for a server's. Raises SettingsFault for another kind."""
    parsed = _parsed(url)
    return Path(parsed.database or "") if parsed.drivername in _FILES else None


def look_at_store(url: str) -> Store:
    """Open the database at `url` as it stands: nothing is migrated.

    Raises as `open_store`, and StateFault `database_older`.
    """
    _must_exist(url)
    with _first(url) as (store, connection):
        held = _held(connection)
        if held is None:
            raise _empty()
        if held not in _revisions():
            raise _newer()
        if held != max(_revisions()):
            raise StateFault(
                "database_older",
                "the database was written by an older version of Counterfoil",
                cure="Back it up; the next command that acts migrates it.",
            )
    return store


@contextmanager
def _first(url: str) -> Generator[tuple[Store, Connection]]:
    """A store and its first transaction; closed again where that fails."""
    store, stands = Store(_engine(url)), False
    try:
        with store.engine.begin() as connection:
            yield store, connection
        stands = True
    except (SQLAlchemyError, OSError) as fault:
        raise store_fault(fault) from None
    finally:
        if not stands:
            store.close()


def _migrate(connection: Connection, held: str) -> None:
    if held not in _revisions():
        raise _newer()
    _upgrade(connection)


def _newer() -> StateFault:
    return StateFault(
        "database_newer",
        "the database was written by a newer version of Counterfoil",
        cure="Install that version or a later one; nothing was changed.",
    )


def _held(connection: Connection) -> str | None:
    """The revision of the tables, as the last migration wrote it; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@cache
def _revisions() -> frozenset[str]:
    """Every revision that this version knows: its file has its name, which begins with a number."""
    return frozenset(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _upgrade(connection: Connection, revision: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _must_exist(url: str) -> None:
    """Opening a file that is not there would make one."""
    path = file_of(url)
    if path is not None and path.name not in ("", ":memory:") and not path.exists():
        raise _empty()


def _make_private(url: str) -> None:
    """The log of a database takes its mode, so the file is there before anything is written."""
    path = file_of(url)
    if path is not None and path.name not in ("", ":memory:"):
        try:
            sqlite.make_private(path)
        except OSError as fault:
            raise store_fault(fault) from None


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise SettingsFault(
            "database_url",
            "the database is neither an SQLite file nor reached through postgresql+psycopg",
            cure="Give a URL of the form sqlite:///PATH or postgresql+psycopg://ROLE@HOST/NAME.",
        )
    return parsed


def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    # The connection that was used last is used next: each keeps its own cache of pages, so that
    # connections in turn would fill as many caches as there are.
    last = {} if parsed.database in (None, "", ":memory:") else {"pool_use_lifo": True}
    try:
        engine = create_engine(parsed, hide_parameters=True, **last)
    except ImportError:
        raise SettingsFault(
            "database_driver",
            "the driver for PostgreSQL is not installed",
            cure="Install it with `pip install 'counterfoil[postgres]'`.",
        ) from None
    _KINDS[parsed.drivername.partition("+")[0]].listen(engine)
    return engine


def _empty() -> StateFault:
    return StateFault(
        "database_empty",
        "the database holds no tables",
        cure="Make an office with `counterfoil office create DIR`.",
    )
