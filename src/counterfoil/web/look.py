"""How pages look: templates, texts, and the files that a browser fetches beside them.

Everything that a template is told goes through Jinja's autoescape, and a name that it is not told
is an error. English stands in the templates; `locale/es*.po` are the catalogue of this room, in the
form that core/catalogue.py reads.

The assets are those of `static/`, which are ours, and those of `uswds/`, which `make assets` copies
from npm's @uswds/uswds at build time. All of them are read into memory once; what is not among them
does not exist. Their address begins with a digest of them all, so that a browser keeps them as long
as it likes. Without `uswds/` pages keep their content and a plain look: static/console.css is
enough to read and use them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from counterfoil.core.catalogue import LANGUAGES, read_catalogue
from counterfoil.core.instants import instant_text, minute_text

ROOM: Final = Path(__file__).parent
TEMPLATES: Final = ROOM / "templates"
LOCALE: Final = ROOM / "locale"
USWDS: Final = "uswds/css/uswds.min.css"
_MARKED: Final[Mapping[str, str]] = {"en": ",", "es": "\u202f"}
"""What stands between thousands."""
STATES: Final[Mapping[str, str]] = {
    "received": "received, and not decided by the law yet",
    "gated": "decided by the law; waits to be compared",
    "determined": "compared; waits for a first officer",
    "reviewed": "waits for a second officer",
    "held": "stands still by an order",
}
"""The states of a batch in which somebody has to do something, in words."""
NEED_WORDS: Final[Mapping[str, str]] = {
    "answer_late": "late",
    "rows_wait": "with rows that wait for an officer",
    "batch_determine": "to be determined",
    "batch_review": "to be looked at and signed",
    "batch_release": "to be released",
    "batch_held": "stopped by an order",
}
"""What batches need, by its code, as a choice of the inbox."""
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".txt": "text/plain; charset=utf-8",
}


class Asset(NamedTuple):
    """One file that browsers fetch."""

    data: bytes
    media_type: str


class Assets:
    """All files that browsers fetch, by their names. `build`: digest of them all."""

    def __init__(self, folder: Path = ROOM / "static") -> None:
        self.files: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _TYPES:
                name = path.relative_to(folder).as_posix()
                self.files[name] = Asset(path.read_bytes(), _TYPES[path.suffix])
        whole = hashlib.sha256()
        for name, asset in self.files.items():
            whole.update(f"{name} {hashlib.sha256(asset.data).hexdigest()}\n".encode())
        self.build = whole.hexdigest()[:12]

    @property
    def has_uswds(self) -> bool:
        """Whether the design system was copied here."""
        return USWDS in self.files

    def address(self, name: str) -> str:
        """Where a browser fetches this file."""
        assert name in self.files, name
        return f"/assets/{self.build}/{name}"


class Look:
    """Renders templates. `known` is what every template of this site is told."""

    def __init__(self, assets: Assets, known: Mapping[str, Any]) -> None:
        self.assets = assets
        self._known = dict(known)

    def render(self, template: str, language: str, told: Mapping[str, Any]) -> str:
        """A page."""
        common: dict[str, Any] = {
            "_": teller(language),
            "language": language,
            "languages": LANGUAGES,
            "assets": self.assets,
            "moment": moment,
            "number": numbers_of(language),
            "words": words,
            "states": STATES,
        }
        return environment().get_template(template).render(common | self._known | dict(told))


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """Each English text of this room with its translation; none for English."""
    if language == LANGUAGES[0]:
        return {}
    found: dict[str, str] = {}
    for path in sorted(LOCALE.glob(f"{language}*.po")):
        found |= read_catalogue(path.read_text(encoding="utf-8"))
    return found


def teller(language: str) -> Callable[..., str]:
    """What templates call `_`: a text in the page's language, with values put into it. What it
    returns is plain text, which the template escapes."""
    texts = texts_of(language)

    def tell(english: str, **values: Any) -> str:
        text = texts.get(english, english)
        return text % values if values else text

    return tell


def moment(value: str | datetime) -> str:
    """A time as people read it, to the minute; what is no time stays as it is."""
    return minute_text(instant_text(value) if isinstance(value, datetime) else value)


def numbers_of(language: str) -> Callable[[int], str]:
    """What writes a number as people read it in this language."""
    mark = _MARKED[language]
    return lambda value: f"{value:,}".replace(",", mark)


def words(value: object) -> str:
    """A name of the program, such as `not_confirmed`, as words."""
    return str(value).replace("_", " ")


@cache
def environment() -> Environment:
    """The templates of this room."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
