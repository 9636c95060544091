"""The page files of a snapshot, as its signed manifest states them."""

from __future__ import annotations

from pathlib import Path

from counterfoil.core.errors import StateFault
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.manifest import Manifest
from counterfoil.register.pages.page_file import PageReader
from counterfoil.register.pages.reader import SealedPages


def open_pages(directory: Path, manifest: Manifest, custodian: KeyCustodian) -> SealedPages:
    """The snapshot's page files, their heads and indexes compared. Raises StoreFault,
    VerifyFault."""
    return SealedPages(_open_files(directory, manifest), custodian, manifest.forms_version)


def check_page_files(directory: Path, manifest: Manifest) -> None:
    """Compare every page of every file with what the manifest states. Raises as `open_pages`."""
    files = _open_files(directory, manifest)
    try:
        for file in files:
            file.check_pages()
    finally:
        for file in files:
            file.close()


def _open_files(directory: Path, manifest: Manifest) -> list[PageReader]:
    if not manifest.files:
        raise StateFault(
            "manifest_unknown",
            "the manifest names no page file",
            place=manifest.snapshot,
            cure="Build the register again with this version.",
        )
    opened: list[PageReader] = []
    try:
        for stated in manifest.files:
            opened.append(PageReader(directory / manifest.snapshot / stated.name, stated))
    except BaseException:
        for file in opened:
            file.close()
        raise
    return opened
