"""Opening and creating the office's database. See the package's docstring for the promise."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from counterfoil.errors import SettingsFault, StateFault, StoreFault
from counterfoil.store.faults import driver_fault, store_fault

METADATA: Final = MetaData()
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_BUSY_MILLISECONDS: Final = 30_000
_READS_ONLY: Final = "counterfoil_reads_only"


class Store:
    """One database. `transaction` writes, `reading` reads; neither hides an error."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """One writer at a time; durable when the block ends, rolled back when it raises.

        Raises StoreFault `store_failed` when the database cannot be written (disk full, locked, damaged),
        `store_refused` when a rule of the database forbids the change.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except SQLAlchemyError as fault:
            raise store_fault(fault) from None

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One moment of the database, for reading only: waits for no writer and makes none wait.

        Raises StoreFault when the database cannot be read, or when the block tries to write.
        """
        try:
            with self.engine.connect().execution_options(**{_READS_ONLY: True}) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as fault:
            raise store_fault(fault) from None

    def cut_log(self) -> None:
        """Fold the write-ahead log into the database and cut it to nothing, so that what was deleted is in neither.

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
                "log_not_cut", "another program reads the database: what was deleted may still stand in its log",
                place="office.db-wal", cure="End the other program, then run `counterfoil retention run` again.",
            )  # fmt: skip

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def create_store(url: str) -> Store:
    """Make an empty database at `url` (an SQLAlchemy URL of SQLite) with every table of the current version.

    Raises SettingsFault for another kind of URL, StoreFault if it cannot be made.
    """
    store = Store(_engine(url))
    try:
        with store.engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    except (SQLAlchemyError, OSError) as fault:
        raise store_fault(fault) from None
    return store


def open_store(url: str) -> Store:
    """Open the database at `url`. An older one is migrated to this version, whole or not at all.

    Raises StateFault `database_newer` or `database_empty`, SettingsFault for another kind of URL, StoreFault if it
    cannot be read.
    """
    _must_exist(url)
    store = Store(_engine(url))
    try:
        with store.engine.begin() as connection:
            config = _config(connection)
            held = MigrationContext.configure(connection).get_current_revision()
            if held is None:
                raise _empty()
            if held != ScriptDirectory.from_config(config).get_current_head():
                _migrate(config, held)
    except SQLAlchemyError as fault:
        raise store_fault(fault) from None
    return store


def _migrate(config: Config, held: str) -> None:
    try:
        ScriptDirectory.from_config(config).get_revision(held)
    except CommandError:
        raise StateFault(
            "database_newer",
            "the database was written by a newer version of Counterfoil",
            cure="Install that version or a later one; nothing was changed.",
        ) from None
    command.upgrade(config, "head")


def _must_exist(url: str) -> None:
    """Opening a file that is not there would make one."""
    path = _parsed(url).database
    if path and path != ":memory:" and not Path(path).exists():
        raise _empty()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite":
        raise SettingsFault(
            "database_url", "the database is not an SQLite file", cure="Give a URL of the form sqlite:///PATH."
        )
    return parsed


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    engine = create_engine(_parsed(url), hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin on the driver's own connection, telling it whether this is to read only where it did not know."""
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    cursor = connection.connection.cursor()
    try:
        if connection.info.get(_READS_ONLY) != reads_only:
            cursor.execute(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
            connection.info[_READS_ONLY] = reads_only
        cursor.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
    except connection.dialect.loaded_dbapi.Error as fault:
        raise driver_fault(fault, connection.dialect) from None
    finally:
        cursor.close()


def _empty() -> StateFault:
    return StateFault(
        "database_empty", "the database holds no tables", cure="Make an office with `counterfoil office create`."
    )
