"""A digest of the program's own files: what was begun is gone on with by the same code alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[2]


def digest_of_code(paths: Iterable[Path]) -> str:
    """SHA-256, as hex digits, over the names and contents of these files of the package, in the
    order of their names. Raises OSError."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
