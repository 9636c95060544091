"""Arrow, which ships no types: the one place where it is imported, as values of type Any."""

from __future__ import annotations

from typing import Any, Final

import pyarrow
import pyarrow.compute
import pyarrow.parquet

pa: Final[Any] = pyarrow
pc: Final[Any] = pyarrow.compute
pq: Final[Any] = pyarrow.parquet
ArrowFault: Final[type[Exception]] = pa.ArrowException
"""Base of Arrow's own errors."""
