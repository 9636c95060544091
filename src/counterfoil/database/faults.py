"""What the database refuses or cannot do, in the words of the one error tree; never a statement or
its parameters."""

from __future__ import annotations

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import IntegrityError

from counterfoil.core.errors import StoreFault


def store_fault(fault: Exception) -> StoreFault:
    """The fault of an error of SQLAlchemy or of the file system."""
    if isinstance(fault, IntegrityError):
        return _refused()
    return _failed(type(getattr(fault, "orig", None) or fault).__name__)


def driver_fault(fault: Exception, dialect: Dialect) -> StoreFault:
    """The fault of an error of the database's own driver."""
    return (
        _refused()
        if isinstance(fault, dialect.loaded_dbapi.IntegrityError)
        else _failed(type(fault).__name__)
    )


def _refused() -> StoreFault:
    return StoreFault(
        "store_refused",
        "a rule of the database forbids this change; nothing was changed",
        cure="Run `counterfoil ledger check`, then report this as a fault of the program.",
    )


def _failed(kind: str) -> StoreFault:
    return StoreFault(
        "store_failed",
        f"the database could not do what was asked ({kind})",
        cure="Check disk space, that its server runs if it has one, and that no other program "
        "holds the database, then run "
        "the same command again: nothing was half done.",
    )
