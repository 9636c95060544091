"""`counterfoil-ask` is small: no database, no register, no web; Parquet where a file of that kind is
read."""

from __future__ import annotations

import subprocess
import sys

_LEFT_OUT = ("duckdb", "lmdb", "pyarrow", "sqlalchemy", "alembic", "starlette", "uvicorn", "jinja2")
_ROOMS = ("office", "register", "batches", "ledger", "disclosure", "api", "service", "database")


def test_the_program_imports_neither_office_nor_database() -> None:
    source = """
import sys
import counterfoil.cli.ask.app, openpyxl
from counterfoil.requester.sheets import workbook, template
print(*sorted(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {name.split(".")[0] for name in loaded} & set(_LEFT_OUT) == set()
    assert {f"counterfoil.{room}" for room in _ROOMS} & loaded == set()
    assert "counterfoil.envelopes" in loaded
