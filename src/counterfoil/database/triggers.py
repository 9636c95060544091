"""The triggers of a table that is only added to, for each kind of database; migrations 0001_ledger
and 0006_cosigned ask for them.

SQLite runs a BEFORE INSERT trigger before it looks for conflicts, so a trigger that demands the
next free place refuses INSERT OR REPLACE and upserts as well, also on a connection that left
`recursive_triggers` off (REPLACE then deletes without firing a delete trigger). Each table has one
unique key, and a key that conflicts is never the next one.

PostgreSQL does the same for ON CONFLICT, MERGE and COPY; TRUNCATE has a trigger of its own. The
triggers are ENABLE ALWAYS, so that `session_replication_role` does not silence them, and their
functions name the table with its schema and search nothing but `pg_catalog`, so that no table or
function of the same name elsewhere is asked instead.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

_REFUSAL: Final = "the ledger is append-only"


def append_only(connection: Connection, table: str, misplaced: str) -> list[str]:
    """The statements that make `table` refuse UPDATE, DELETE, TRUNCATE and every insert that is
    `misplaced`.

    `misplaced`: SQL over NEW that is true for a row that is not the next one; `{table}` stands for
    the table, and `IS DISTINCT FROM` for a comparison that knows NULL. Raises KeyError for another
    database, which is refused rather than left open.
    """
    return {"sqlite": _sqlite, "postgresql": _postgres}[connection.dialect.name](
        connection, table, misplaced
    )


def _sqlite(_connection: Connection, table: str, misplaced: str) -> list[str]:
    told = misplaced.format(table=table).replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {when} BEGIN SELECT "
        f"RAISE(ABORT, '{_REFUSAL}'); END"
        for name, event, when in (
            ("insert", "INSERT", f"WHEN {told}"),
            ("update", "UPDATE", ""),
            ("delete", "DELETE", ""),
        )
    ]


def _postgres(connection: Connection, table: str, misplaced: str) -> list[str]:
    schema = str(connection.execute(text("SELECT current_schema()")).scalar_one())
    place = connection.dialect.identifier_preparer.quote_schema(schema)
    whole = f"{place}.{table}"
    raises = f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
    checks = f"IF {misplaced.format(table=whole)} THEN {raises} END IF; RETURN NEW;"
    made = [
        f"CREATE FUNCTION {whole}_{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = "
        "pg_catalog"
        f" AS $$ BEGIN {body} END $$"
        for name, body in (("insert", checks), ("refuse", raises))
    ]
    for name, event, each, runs in (
        ("insert", "INSERT", "ROW", "insert"),
        ("change", "UPDATE OR DELETE", "ROW", "refuse"),
        ("truncate", "TRUNCATE", "STATEMENT", "refuse"),
    ):
        made.append(
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {whole} FOR EACH {each} EXECUTE "
            f"FUNCTION {whole}_{runs}()"
        )
        made.append(f"ALTER TABLE {whole} ENABLE ALWAYS TRIGGER {table}_{name}")
    return made
