"""Public labeled sets of US addresses, as packages ship them: fetched by hash into data/ (ignored
by git), never committed.

usaddress's source package carries the sets that its model was trained on, so that they are its home
ground:

    labeled           addresses of many kinds, collected and labeled by hand
    openaddress linn  every address of a county in Iowa (OpenAddresses): the one large set with
                      units
    synthetic osm     OpenStreetMap's addresses around Chicago, put together by a program
    us50 messiest, us50 train, multi word states       small sets, by hand
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Final

from bench.addresses.truth import PLACE, Token

ROOT: Final = Path(__file__).parents[2]
DATA: Final = ROOT / "data" / "addresses"
PINS: Final = ROOT / "requirements" / "addresses.txt"
SETS: Final = {
    "labeled": "labeled.xml",
    "openaddress linn": "openaddress_us_ia_linn.xml",
    "synthetic osm": "synthetic_clean_osm_data.xml",
    "us50 messiest": "us50_messiest_manual_label.xml",
    "us50 train": "us50_train_tagged.xml",
    "multi word states": "multi_word_state_addresses.xml",
}
LARGE: Final = ("openaddress linn", "synthetic osm")
EVERY: Final = 10
"""Of a large set every row with a unit is read, and every tenth of the others."""
_ROW: Final = re.compile(r"<AddressString>(.*?)</AddressString>", re.DOTALL)
_TOKEN: Final = re.compile(r"<(\w+)>(.*?)</\1>([^<]*)", re.DOTALL)
NOT_PLAIN: Final = frozenset(
    {"Recipient", "BuildingName", "LandmarkName", "IntersectionSeparator", "CornerOf", "NotAddress"}
)

Row = tuple[str, list[Token]]
"""The whole text as it is labeled, and its tokens. What is between two tokens belongs to the
text of the first."""


def fetch() -> None:
    """Fetch the package that holds the sets, unless it is here. pip refuses a file with another
    hash."""
    if any(DATA.glob("usaddress-*.tar.gz")):
        return
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-binary",
        "usaddress",
        "--require-hashes",
    ]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "-r", PINS, "-d", DATA], check=True
    )


def rows(name: str) -> Iterator[Row]:
    """The rows of a set, each once, in the order of the file. A row that is no XML is left out."""
    package = next(iter(sorted(DATA.glob("usaddress-*.tar.gz"))))
    with tarfile.open(package) as archive:
        member = archive.extractfile(
            f"{package.name.removesuffix('.tar.gz')}/training/{SETS[name]}"
        )
        text = member.read().decode("utf-8", "replace") if member else ""
    seen = set[str]()
    for found in _ROW.finditer(text):
        tokens = [
            (label, unescape(inner + after)) for label, inner, after in _TOKEN.findall(found[1])
        ]
        whole = " ".join("".join(part for _, part in tokens).split())
        if tokens and whole not in seen:
            seen.add(whole)
            yield whole, tokens


def is_plain(tokens: list[Token]) -> bool:
    """Whether the row is one address and nothing else: no name of a person or building, no
    crossing, and a place at its end."""
    labels = [label for label, _ in tokens]
    if NOT_PLAIN & set(labels) or not {"StreetName", "USPSBoxID"} & set(labels):
        return False
    first = next((at for at, label in enumerate(labels) if label in PLACE), len(labels))
    return first > 0 and all(label in PLACE for label in labels[first:])


def fields(tokens: list[Token]) -> tuple[str, str, str, str]:
    """(line 1, city, state, ZIP) as a file with fields would hold them."""

    def said(*labels: str) -> str:
        return " ".join(
            "".join(text for label, text in tokens if label in labels).replace(",", " ").split()
        )

    line = " ".join("".join(text for label, text in tokens if label not in PLACE).split()).rstrip(
        ", "
    )
    return line, said("PlaceName"), said("StateName"), said("ZipCode")
