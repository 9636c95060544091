"""Statements that are run for every commit: compiled once for a kind of database, then run on its
driver's own cursor.

SQLAlchemy's own way costs 50 to 70 microseconds a statement, as much as a durable write on a good
disk. What is left out is its conversion of types: values go in and come out as the driver has them.
The transaction is the connection's, as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine.interfaces import Dialect

from counterfoil.database.faults import driver_fault


class _Compiled(NamedTuple):
    """The text, the values that the statement itself gives, and the names by position, or None
    where they go by name."""

    text: str
    given: dict[str, Any]
    order: tuple[str, ...] | None

    def bind(self, values: dict[str, Any]) -> Any:
        merged = {**self.given, **values}
        return merged if self.order is None else [merged[name] for name in self.order]


class Prepared:
    """One statement. Raises StoreFault as `Store.transaction` does."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def read(self, connection: Connection, **values: object) -> list[Sequence[Any]]:
        """All rows, as the driver gives them."""
        compiled = self._for(connection.dialect)
        try:
            cursor = connection.connection.cursor()
            cursor.execute(compiled.text, compiled.bind(values))
            rows = list(cursor.fetchall())
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as fault:
            raise driver_fault(fault, connection.dialect) from None
        return rows

    def write(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, in their order."""
        compiled = self._for(connection.dialect)
        try:
            cursor = connection.connection.cursor()
            cursor.executemany(compiled.text, [compiled.bind(row) for row in rows])
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as fault:
            raise driver_fault(fault, connection.dialect) from None

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            made: Any = self._statement.compile(dialect=dialect)
            order = tuple(made.positiontup or ()) if dialect.positional else None
            given = {name: value for name, value in made.params.items() if value is not None}
            found = self._compiled[dialect.name] = _Compiled(made.string, given, order)
        return found
