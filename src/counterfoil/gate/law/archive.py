"""The law files that batches were decided under, kept as text: table `kept_law`. Law is no secret.

    rules     digest of all that decides (an office's `rules`), as the `law` and `batch` entries
              name it
    files     canonical JSON: text by path, as in an office's law directory

Written in the commit that enters the law. Trusted: no. Whoever alters a text is found when its law
is loaded and digested again. If it is lost, bundles of batches under other rules than today's
cannot be exported until the files are put back.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.database import METADATA
from counterfoil.gate.law.load import AGREEMENT_FILE, LAW_PARTS, Law, load_law
from counterfoil.gate.law.schema import read_law_text

KEPT_LAW: Final = Table(
    "kept_law",
    METADATA,
    Column("rules", String, primary_key=True),
    Column("files", LargeBinary, nullable=False),
)
_PATH: Final = re.compile(rf"(?:{'|'.join(LAW_PARTS)})/[a-z0-9-]{{1,100}}\.yaml|agreement\.yaml")
MAX_LAW_FILES: Final = 1000


def read_law_texts(directory: Path) -> dict[str, str]:
    """Every law file of an office's law directory by its path in it, of all routes and what they
    share.

    Raises SettingsFault `law_unreadable`.
    """
    paths = [path for part in LAW_PARTS for path in sorted(directory.glob(f"{part}/*.yaml"))]
    return {
        path.relative_to(directory).as_posix(): read_law_text(path, "law")
        for path in [*paths, directory / AGREEMENT_FILE]
    }


def keep_law(connection: Connection, rules: str, directory: Path) -> None:
    """Keep the files of the law in force under the digest of the rules, once."""
    if kept_law(connection, rules) is None:
        files = canonical.encode(read_law_texts(directory))
        connection.execute(insert(KEPT_LAW).values(rules=rules, files=files))


def kept_law(connection: Connection, rules: str) -> dict[str, str] | None:
    """The files that were kept under these rules, or None."""
    found = connection.execute(select(KEPT_LAW.c.files).where(KEPT_LAW.c.rules == rules)).first()
    return None if found is None else json.loads(bytes(found[0]))


def law_of_texts(files: dict[str, str]) -> Law:
    """The law that these files are, checked whole. Raises SettingsFault as `load_law`, VerifyFault
    `law_paths`."""
    if len(files) > MAX_LAW_FILES or not all(_PATH.fullmatch(path) for path in files):
        raise VerifyFault(
            "law_paths",
            "a law file has a path that no office's law directory has",
            place="law",
            cure="Ask the holder for a bundle that its own version replays.",
        )
    with tempfile.TemporaryDirectory(prefix="counterfoil-law-") as made:
        for path, text in files.items():
            (Path(made) / path).parent.mkdir(exist_ok=True)
            (Path(made) / path).write_text(text, encoding="utf-8")
        return load_law(Path(made))
