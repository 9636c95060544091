"""Makes an incremental snapshot current: the parent's page files and one of changes (update.py)."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.register.build import open_source
from counterfoil.register.manifest import (
    Counts,
    Manifest,
    PublicKeys,
    manifest_digest,
    open_manifest,
    write_manifest,
)
from counterfoil.register.pages.build import REJECTS_FILE, files_digest
from counterfoil.register.pages.page_file import PageFile, open_private
from counterfoil.register.pages.plan import BuildPlan
from counterfoil.register.pages.sealing import BUCKET_FORMAT
from counterfoil.register.pages.snapshot import open_pages
from counterfoil.register.pages.update import Changes, link_files, require_room
from counterfoil.register.snapshots import building, current_snapshot, next_number, publish
from counterfoil.register.source import Fingerprint, check_unchanged, take_fingerprint


def update(
    directory: Path,
    public_key: PublicKeys,
    plan: BuildPlan,
    *,
    added: Path | None = None,
    removed: Path | None = None,
) -> Manifest:
    """Apply rows that left and rows that came to the current snapshot, and make the new one
    current. `plan` gives custodian, sign, now, random and progress.

    Raises StateFault (another build runs; the current snapshot has another format, or too many page
    files), KeyFault (another register key), InputFault (a source), StoreFault, VerifyFault. After
    any of them, or a kill, the old snapshot is still current.
    """
    sources = [(path, kind) for path, kind in ((removed, False), (added, True)) if path]
    prints = [(path, take_fingerprint(path)) for path, _ in sources]
    with building(directory) as folder:
        parent = _open_parent(directory, public_key, plan)
        with closing(open_pages(directory, parent, plan.custodian)) as pages:
            changes = Changes(pages, plan.custodian)
            for path, is_added in sources:
                opened = open_source(path)
                changes.take(opened.batches(), added=is_added)
                plan.progress(changes.counts["rows"], opened.total_rows, "read")
            changes.settle()
            plan.progress(0, None, "seal")
            name = _name(next_number(directory), prints, parent, plan)
            made = folder / name
            made.mkdir(mode=0o700)
            file = changes.write(made / f"changes-{len(parent.files)}.pages", plan.random(16))
        for path, before in prints:
            check_unchanged(path, before)
        plan.progress(0, None, "close")
        link_files(parent.files, directory / parent.snapshot, made)
        _write_rejects(made / REJECTS_FILE, changes)
        manifest = _manifest(name, parent, (file, *parent.files), changes, prints, plan)
        write_manifest(made, manifest, plan.sign)
        plan.keep_canaries(name, [])
        publish(made, directory, name)
    return manifest


def _open_parent(directory: Path, public_key: PublicKeys, plan: BuildPlan) -> Manifest:
    name = current_snapshot(directory)
    parent = open_manifest(directory / name, public_key)
    if parent.key_id != plan.custodian.key_id:
        raise KeyFault(
            "register_key_other",
            "this register was built with another register key",
            place=name,
            cure="Use the key it was built with, or build it again.",
        )
    ours = (BUCKET_FORMAT, normalize.FORMS_VERSION, plan.match_version)
    if (parent.bucket_format, parent.forms_version, parent.match_version) != ours:
        raise StateFault(
            "register_rules_other",
            "this register was built by another version of its format, the normal forms or the "
            "match rules",
            place=name,
            cure="Build it again from its source.",
        )
    require_room(len(parent.files))
    return parent


def _name(
    number: int, prints: list[tuple[Path, Fingerprint]], parent: Manifest, plan: BuildPlan
) -> str:
    facts = {
        "sources": [each.digest for _, each in prints],
        "parent": manifest_digest(parent),
        "built_at": plan.built_at,
    }
    return f"{number:04}-{hashlib.sha256(canonical.encode(facts)).hexdigest()[:12]}"


def _write_rejects(path: Path, changes: Changes) -> None:
    with open_private(path, "xb") as file:
        file.writelines(msgspec.json.encode(each) + b"\n" for each in changes.rejects)
        file.flush()
        os.fsync(file.fileno())


def _manifest(
    name: str,
    parent: Manifest,
    files: tuple[PageFile, ...],
    changes: Changes,
    prints: list[tuple[Path, Fingerprint]],
    plan: BuildPlan,
) -> Manifest:
    digest = files_digest(files)
    source: list[Any] = [parent.source_digest, *[each.digest for _, each in prints]]
    before, codes = parent.counts, dict[str, int]()
    for reject in changes.rejects:
        codes[reject.code] = codes.get(reject.code, 0) + 1
    counts = msgspec.structs.replace(
        before,
        rows=changes.counts["rows"],
        rejected_rows=len(changes.rejects),
        rejects=dict(sorted(codes.items())),
        residents=before.residents + changes.residents,
        exact_doors=before.exact_doors + changes.counts["homes"],
        tolerant_doors=before.tolerant_doors + changes.counts["buckets"],
    )
    assert isinstance(counts, Counts)
    return msgspec.structs.replace(
        parent,
        snapshot=name,
        built_at=plan.built_at,
        source_digest=canonical.digest(canonical.encode({"sources": source})),
        counts=counts,
        content_digest=digest,
        store_digest=digest,
        store_head_digest=digest,
        store_bytes=sum(each.size for each in files),
        files=files,
        parent=manifest_digest(parent),
    )
