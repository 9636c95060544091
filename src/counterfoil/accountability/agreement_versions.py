"""The versions of the agreement that an office has used, as its ledger has them, and what changed
between two.

A `law` entry stands in the ledger before anything is decided under a version; its files are kept
under the entry's `rules` (gate/law/archive.py). What is kept is a text in the database, so of each
version this establishes; the code is labeled with the numbers:

    1  the entry is in the tree of the ledger's head
    2  the text that is kept has the digest that the entry names
    3  the signatures in it verify over its terms

A signature carries no time of its own. The parties sign the day, `signed_on`, with the rest; the
entry's time says since when the version has been used.
"""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.core.errors import SettingsFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.gate import Agreement
from counterfoil.gate.agreement_changes import Change, changes_of, has_other_salt
from counterfoil.gate.law.archive import kept_law, law_of_texts
from counterfoil.gate.law.clauses import agreement_digest
from counterfoil.gate.law.load import AGREEMENT_FILE
from counterfoil.gate.law.schema import parse_law_text
from counterfoil.gate.law.signatures import check_signatures
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.context import match_version_of


class AgreementVersion(Public, frozen=True):
    """One version. `index`: of its entry. `state`: "read", "missing" where its text is not kept,
    "other" where what is kept has another digest or cannot be read; then what it says is "".
    `signed_by`: holder and requester, as verifier keys, "" for who has not signed. `signatures`:
    whether those that are there verify. `in_force`: whether it is the one in force now."""

    index: int
    time: str
    digest: str
    rules: str
    state: str
    id: str = ""
    title: str = ""
    signed_on: str = ""
    signed_by: tuple[str, str] = ("", "")
    signatures: bool = False
    in_force: bool = False


class AgreementVersions(Public, frozen=True):
    """Every version, the newest first. `waiting`: whether the agreement in force has not been used
    yet, so that no entry names it."""

    versions: tuple[AgreementVersion, ...]
    waiting: bool


class CompareVersions(Public, frozen=True):
    """Two versions by the indices of their entries."""

    first: int
    last: int


class FileChange(Public, frozen=True):
    """A law file beside the agreement that was added, removed or changed."""

    path: str
    how: str


class ComparedVersions(Public, frozen=True):
    """Two versions, and what differs. `other_salt`: they hide their clauses differently. `files`:
    the law files that differ; `files_checked`: whether all of both are those that the entries'
    `rules` were made of, None where none differs."""

    first: AgreementVersion
    last: AgreementVersion
    changes: tuple[Change, ...]
    other_salt: bool
    files: tuple[FileChange, ...]
    files_checked: bool | None


def list_versions(office: Office, _actor: Actor) -> AgreementVersions:
    """Every version that was used. Anybody may ask. Raises VerifyFault."""
    with office.store.reading() as connection:
        found = tuple(version for version, _ in _versions(office, connection))
    waiting = not found or found[0].rules != office.rules
    return AgreementVersions(found, waiting)


def compare_versions(office: Office, _actor: Actor, question: CompareVersions) -> ComparedVersions:
    """What changed from one version to the other. Anybody may ask.

    Raises UsageFault `version_unknown`, VerifyFault `version_unreadable`.
    """
    with office.store.reading() as connection:
        found = {version.index: (version, each) for version, each in _versions(office, connection)}
        first, before = _one(found, question.first)
        last, after = _one(found, question.last)
        texts = [kept_law(connection, each.rules) or {} for each in (first, last)]
    files = tuple(_file_changes(*texts))
    checked = all(map(_are_of, texts, (first.rules, last.rules))) if files else None
    return ComparedVersions(
        first, last, changes_of(before, after), has_other_salt(before, after), files, checked
    )


def _versions(
    office: Office, connection: Connection
) -> Iterator[tuple[AgreementVersion, Agreement | None]]:
    for index, entry in office.ledger.newest_of(connection, EntryKind.LAW):  # 1
        digest, rules = str(entry.fields["agreement"]), str(entry.fields["rules"])
        files = kept_law(connection, rules)
        agreement = _read(files, digest)
        bare = AgreementVersion(
            index, entry.time, digest, rules, "missing" if files is None else "other"
        )
        yield (_told(bare, agreement, office) if agreement else bare), agreement


def _read(files: dict[str, str] | None, digest: str) -> Agreement | None:
    """The agreement that is kept, where it is the one of this digest (2)."""
    try:
        found = parse_law_text((files or {})[AGREEMENT_FILE], Agreement, "agreement.yaml")
    except (KeyError, SettingsFault):
        return None
    return found if agreement_digest(found) == digest else None


def _told(bare: AgreementVersion, agreement: Agreement, office: Office) -> AgreementVersion:
    signed = agreement.signatures
    try:
        check_signatures(agreement)  # 3
    except SettingsFault:
        verify = False
    else:
        verify = True
    return AgreementVersion(
        bare.index,
        bare.time,
        bare.digest,
        bare.rules,
        "read",
        id=agreement.id,
        title=agreement.title,
        signed_on=agreement.signed_on.isoformat(),
        signed_by=(
            signed.holder.vkey if signed.holder else "",
            signed.requester.vkey if signed.requester else "",
        ),
        signatures=verify,
        in_force=bare.rules == office.rules,
    )


def _one(
    found: dict[int, tuple[AgreementVersion, Agreement | None]], index: int
) -> tuple[AgreementVersion, Agreement]:
    if index not in found:
        raise UsageFault(
            "version_unknown",
            "no version of the agreement was entered at this index",
            place="index",
            cure="Choose two of the versions that the page of the agreement lists.",
        )
    version, agreement = found[index]
    if agreement is None:
        raise VerifyFault(
            "version_unreadable",
            "the text of this version is not kept, or is not the one that the ledger names",
            place=f"entry {index}",
            cure="Take the agreement's file from the parties: its digest is in the entry.",
        )
    return version, agreement


def _file_changes(before: dict[str, str], after: dict[str, str]) -> Iterator[FileChange]:
    for path in sorted((before.keys() | after.keys()) - {AGREEMENT_FILE}):
        if path not in before:
            yield FileChange(path, "added")
        elif path not in after:
            yield FileChange(path, "removed")
        elif before[path] != after[path]:
            yield FileChange(path, "changed")


def _are_of(files: dict[str, str], rules: str) -> bool:
    """Whether these files make the rules of this digest, in a version of the match rules that this
    program can read."""
    try:
        return bool(match_version_of(law_of_texts(files), rules))
    except (SettingsFault, VerifyFault):
        return False
