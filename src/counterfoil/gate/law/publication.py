"""An agreement published with clauses hidden, and its check. Format `counterfoil-publication-1`:
one JSON object, UTF-8.

    {"format": "counterfoil-publication-1", "agreement": "sha256:...", "clauses": [
        {"clause": "format", "value": "counterfoil-agreement-1", "salt": "5f0c..."},
        {"hidden": "9b1e..."}, ...]}

`clauses` has every clause of the agreement (clauses.py), in order: shown with its salt, or hidden
as the 64 hex digits of its leaf hash. So the count of the hidden ones and the place of each cannot
be changed. `format`, `id` and the signatures are never hidden. Limit: 1 MB. Another `format`, an
unknown or missing field, and anything else than this refuse.

What a check establishes, in this order:

    1  the document has this form
    2  its clauses, shown and hidden, make the agreement digest that it states: the one that answers
       and ledger cite
    3  the signatures in it are of two keys, and each is over these clauses

Trusted: nothing. That the digest is the one in force is shown by the ledger's `law` entries, or by
any answer, which cite it; whose the two keys are, each reader compares by other means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from counterfoil.core.errors import SettingsFault, UsageFault, VerifyFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Public
from counterfoil.gate.law.agreement import Agreement, Signature
from counterfoil.gate.law.clauses import ALWAYS_SHOWN, SIGNATURES, Clause, clauses_of, digest_of
from counterfoil.gate.law.schema import Digest, require
from counterfoil.gate.law.signatures import PARTIES, check_signed_digest

FORMAT: Final = "counterfoil-publication-1"
MAX_BYTES: Final = 1_000_000
_ASK_BOTH: Final = "Ask both parties which text they signed."
Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Shown(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """A clause that is shown."""

    clause: str
    value: Any
    salt: Hex | None


class Hidden(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """A clause that is hidden: its leaf hash alone."""

    hidden: Hex


class Publication(Public, frozen=True, forbid_unknown_fields=True):
    """The document before its check. `clauses` are objects of either form."""

    format: Literal["counterfoil-publication-1"]
    agreement: Digest
    clauses: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(min_length=1 + len(SIGNATURES))]


class Published(NamedTuple):
    """What a check established: digest, shown clauses in order, places of the hidden ones from 0,
    keys by party."""

    agreement: str
    shown: tuple[Shown, ...]
    hidden: tuple[int, ...]
    keys: dict[str, str]


def hide(agreement: Agreement, redact: Iterable[str]) -> tuple[Clause | bytes, ...]:
    """Every clause in order, each of `redact` and all below it as its leaf hash.

    Raises UsageFault `clause_unknown`, `clause_always_shown`; SettingsFault `agreement_no_salt`.
    """
    clauses = clauses_of(agreement)
    wanted = set(redact)
    covered = {
        clause.path: {name for name in wanted if _is_below(clause.path, name)} for clause in clauses
    }
    _check_names(wanted, covered)
    if wanted:
        require_salt(agreement)
    return tuple(clause.hash() if covered[clause.path] else clause for clause in clauses)


def require_salt(agreement: Agreement) -> None:
    """Raise SettingsFault `agreement_no_salt` where nothing keeps a hidden clause from being
    guessed."""
    require(
        agreement.clause_salt is not None,
        "agreement_no_salt",
        "the agreement has no clause_salt, so a hidden clause could be guessed",
        f"agreement {agreement.id}: clause_salt",
        "Set clause_salt to 64 random hex digits (`openssl rand -hex 32`) and have both parties "
        "sign; or hide nothing.",
    )


def write_publication(clauses: Sequence[Clause | bytes]) -> bytes:
    """The document, indented for people. The inverse of `check_publication`."""
    digest = digest_of(
        [clause if isinstance(clause, bytes) else clause.hash() for clause in clauses]
    )
    written = [
        {"hidden": clause.hex()}
        if isinstance(clause, bytes)
        else {"clause": clause.path, "value": clause.value, "salt": clause.salt}
        for clause in clauses
    ]
    document = {"format": FORMAT, "agreement": digest, "clauses": written}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def check_publication(data: bytes) -> Published:
    """Establish 1 to 3. Raises VerifyFault `publication_malformed`, `publication_digest`,
    `publication_signature`."""
    document, clauses = _read(data)  # 1
    hashes = [_hash(clause) for clause in clauses]
    if digest_of(hashes) != document.agreement:  # 2
        raise VerifyFault(
            "publication_digest",
            "the clauses do not make the agreement that the document names",
            place="agreement",
            cure="Ask for the publication again; a clause was changed, added or left out.",
        )
    shown = tuple(clause for clause in clauses if isinstance(clause, Shown))
    hidden = tuple(place for place, clause in enumerate(clauses) if isinstance(clause, Hidden))
    return Published(document.agreement, shown, hidden, _check_signatures(hashes, shown))  # 3


def _read(data: bytes) -> tuple[Publication, list[Shown | Hidden]]:
    if len(data) > MAX_BYTES:
        raise _malformed("it is longer than 1 MB")
    try:
        document = decode_json(data, Publication)
        clauses = [
            msgspec.convert(item, Hidden if "hidden" in item else Shown)
            for item in document.clauses
        ]
    except (ValueError, msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _malformed("it is not an object of the published form") from None
    paths = [clause.clause if isinstance(clause, Shown) else "" for clause in clauses]
    if len(paths) - paths.count("") != len(set(paths) - {""}):
        raise _malformed("a clause is shown twice")
    if not set(paths) >= ALWAYS_SHOWN or tuple(paths[-len(SIGNATURES) :]) != SIGNATURES:
        raise _malformed("format, id and signatures are not all shown, the signatures last")
    return document, clauses


def _hash(clause: Shown | Hidden) -> bytes:
    if isinstance(clause, Hidden):
        return bytes.fromhex(clause.hidden)
    try:
        return Clause(clause.clause, clause.value, clause.salt).hash()
    except (TypeError, ValueError, RecursionError):
        raise _malformed("a clause has a value that no agreement can have") from None


def _check_signatures(hashes: Sequence[bytes], shown: Sequence[Shown]) -> dict[str, str]:
    """The keys of the parties who signed; a party who has not is left out."""
    terms = digest_of(hashes[: -len(SIGNATURES)])
    values = {clause.clause: clause.value for clause in shown}
    keys: dict[str, str] = {}
    publics: set[bytes] = set()
    for party, path in zip(PARTIES, SIGNATURES, strict=True):
        if values[path] is None:
            continue
        try:
            signature = msgspec.convert(values[path], Signature)
            publics.add(check_signed_digest(terms, party, signature, str(values["id"])))
        except (msgspec.ValidationError, SettingsFault):
            raise VerifyFault(
                "publication_signature",
                f"the signature of the {party} does not verify over these clauses",
                place=path,
                cure=_ASK_BOTH,
            ) from None
        keys[party] = signature.vkey
    if len(publics) != len(keys):
        raise VerifyFault(
            "publication_signature",
            "one key signed for both parties",
            place="signatures",
            cure=_ASK_BOTH,
        )
    return keys


def _check_names(wanted: set[str], covered: dict[str, set[str]]) -> None:
    unknown = wanted.difference(*covered.values())
    if unknown:
        raise UsageFault(
            "clause_unknown",
            "the agreement has no such clause",
            place="--redact",
            cure="Name a path as `agreement publish` without --redact prints it, or what comes "
            "before a full stop of it.",
        )
    if any(covered[path] for path in ALWAYS_SHOWN):
        raise UsageFault(
            "clause_always_shown",
            "format, id and signatures are never hidden",
            place="--redact",
            cure="Leave them out: without them nothing can be checked.",
        )


def _is_below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _malformed(why: str) -> VerifyFault:
    return VerifyFault(
        "publication_malformed",
        f"this is not a published agreement: {why}",
        place="publication",
        cure="Ask for the file again, as `agreement publish` wrote it.",
    )
