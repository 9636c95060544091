"""The roots of trust that the parties signed (gate/law/roots.py), compared with the office's own:
as it is opened, and when it enrolls its first officers by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from counterfoil import gate
from counterfoil.batches import store
from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault, StateFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Officer, Role
from counterfoil.gate.law.archive import read_law_texts
from counterfoil.gate.law.load import files_of
from counterfoil.gate.law.roots import law_digests
from counterfoil.office.context import Office
from counterfoil.office.settings import FILE, Settings


def office_roots(office: Office, _actor: Actor) -> dict[str, Any]:
    """What the parties sign to bind this office as it is, as the field `roots` of an agreement.
    Anybody may ask."""
    with office.store.reading() as connection:
        enrolled = store.list_officers(connection)
    texts, used = read_law_texts(office.directory / "law"), files_of(office.law)
    return {
        "law": law_digests({path: text for path, text in texts.items() if path in used}),
        "holder": str(office.holder_key),
        "origin": office.settings.name,
        "officers": [each.vkey for each, role in enrolled if role is Role.DISCLOSURE],
        "witnesses": _policy_digest(office.settings, office.directory),
        "sample_rows": office.settings.sample_rows,
    }


def require_roots(
    directory: Path, settings: Settings, law: gate.Law, holders: Sequence[str]
) -> None:
    """Raise SettingsFault `office_roots` unless the office is the one that the parties signed: its
    holder's key, of two where one follows the other, its ledger's name, its witnesses, and a sample
    of no fewer rows."""
    roots = law.agreement.roots
    if roots is None:
        return
    own = {
        "holder": roots.holder if roots.holder in holders else "",
        "origin": settings.name,
        "witnesses": _policy_digest(settings, directory),
    }
    signed = msgspec.structs.asdict(roots)
    differing = [name for name, value in own.items() if signed[name] != value]
    if settings.sample_rows < roots.sample_rows:
        differing.append("sample_rows")
    if differing:
        raise SettingsFault(
            "office_roots",
            f"the office is not the one that both parties signed: {', '.join(differing)}",
            place=FILE,
            cure="Set it as the agreement has it under `roots`, or have both parties sign an "
            "agreement that has it as it is.",
        )


def require_agreed_officer(law: gate.Law, officer: Officer) -> None:
    """Raise StateFault `officer_not_agreed` where the parties named the first officers, and this is
    none of them."""
    roots = law.agreement.roots
    if roots is not None and officer.vkey not in roots.officers:
        raise StateFault(
            "officer_not_agreed",
            "both parties signed who the first officers are, and this is none of them",
            place=officer.name,
            cure="Enroll an officer whom the agreement names under `roots`; two enrolled officers "
            "enroll others.",
        )


def _policy_digest(settings: Settings, directory: Path) -> str | None:
    """The digest of the witness policy's file; None where there is none. One that cannot be read is
    no policy that anybody signed."""
    if not settings.witnesses:
        return None
    try:
        return canonical.digest((directory / settings.witnesses).read_bytes())
    except OSError:
        return "unreadable"
