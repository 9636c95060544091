"""`counterfoil agreement sign | verify | diff | publish`: both parties put their keys to an
agreement; all may read what it publishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.files import read_some
from counterfoil.cli.options import AsJson, named_vkey, principal_key
from counterfoil.cli.output import faults, say, show, show_lines
from counterfoil.cli.verbs import add_verb, group
from counterfoil.requester.agreement import (
    MAX_BYTES,
    PARTIES,
    AgreementDifference,
    Disclosed,
    Published,
    compare_files,
    is_sd_jwt,
    publish_file,
    require_party,
    sign_file,
    verify_file,
    verify_publication,
    verify_sd_jwt,
)

_UNSIGNED = "has not signed (a sandbox's agreement needs no signature)"
app = group("Sign an agreement file, and check its signatures.", "agreement verify agreement.yaml")

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="The agreement file; in an office, law/agreement.yaml."),
]


def sign(
    file: File,
    party: Annotated[str, typer.Option("--as", help="holder or requester.", show_default=False)],
    key: Annotated[
        Path,
        typer.Option(
            help="Key file that `principal create` made for who signs.", show_default=False
        ),
    ],
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign an agreement for one party and write the signature into the file. Any later change of
    its terms ends it."""
    with faults(as_json=as_json):
        require_party(party)
        signed = sign_file(file, party, principal_key(key, key_passphrase_file))
        vkey = signed.keys[party]
        said = {"agreement": signed.agreement, "party": party, "vkey": vkey, "ended": signed.ended}
        for other in signed.ended:
            say(
                f"The {other}'s signature was over other terms and ended: it signs again.",
                quiet=as_json,
            )
        show(said, vkey, as_json=as_json)


def verify(
    file: File,
    digest: Annotated[
        str,
        typer.Option(
            help="The agreement digest that an answer or the ledger cites.", show_default=False
        ),
    ] = "",
    issuer_key: Annotated[
        str,
        typer.Option(
            help="Who signed an SD-JWT, where it is no party: a verifier key or its file.",
            show_default=False,
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check an agreement's file or a publication of it, as JSON or SD-JWT, and print both parties'
    keys, for each to compare with its own.

    Exit 4 where a signature is missing, 5 where a publication does not verify or is of another
    agreement than --digest.
    """
    with faults(as_json=as_json):
        if file.suffix == ".json":
            published = verify_publication(read_some(file, MAX_BYTES + 1), digest)
            show(_facts(published), "\n".join(_statements(published)), as_json=as_json)
            return
        issuer = named_vkey(issuer_key) if issuer_key else None
        data = b"" if file.suffix in (".yaml", ".yml") else read_some(file, 2 * MAX_BYTES + 1)
        if is_sd_jwt(data):
            disclosed = verify_sd_jwt(data, digest, issuer)
            show(_disclosed_facts(disclosed), "\n".join(_disclosed(disclosed)), as_json=as_json)
            return
        signed = verify_file(file, digest)
        lines = [f"{party}: {signed.keys.get(party, _UNSIGNED)}" for party in PARTIES]
        said = {"agreement": signed.agreement, "signed": signed.keys}
        show(said, "\n".join(lines), as_json=as_json)


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The agreement file as it was.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The agreement file as it is.")],
    as_json: AsJson = False,
) -> None:
    """What changed from one agreement file to another, field by field, and who signed each. Read it
    before you sign."""
    with faults(as_json=as_json):
        found = compare_files(before, after)
        show(msgspec.to_builtins(found), "\n".join(_differences(found)), as_json=as_json)


def publish(
    file: File,
    redact: Annotated[
        list[str] | None,
        typer.Option(help="A clause to hide, or the start of several.", show_default=False),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="Print an SD-JWT (RFC 9901) signed with this key instead.", show_default=False
        ),
    ] = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the agreement with the clauses that are named hidden, in a form that still verifies. It
    is JSON with or without --json."""
    with faults(as_json=as_json):
        if key is None:
            show_lines([publish_file(file, redact or (), None).decode()])
            return
        signer = principal_key(key, key_passphrase_file)
        statement = publish_file(file, redact or (), signer).decode()
        show({"sd_jwt": statement}, statement, as_json=as_json)


def _differences(found: AgreementDifference) -> Iterator[str]:
    for each in found.changes:
        yield f"{each.path}  ({each.how})" if each.how != "changed" else each.path
        yield from (f"  - {line}" for line in each.before)
        yield from (f"  + {line}" for line in each.after)
    if not found.changes:
        yield "No field differs."
    if found.other_salt:
        yield "The clauses are hidden by different salts: each has another digest."
    for name, digest, signed in (
        ("before", found.before, found.signed_before),
        ("after", found.after, found.signed_after),
    ):
        yield f"{name}: {digest}"
        yield from (f"  {party}: {signed.get(party, _UNSIGNED)}" for party in PARTIES)


def _disclosed_facts(found: Disclosed) -> dict[str, object]:
    return {
        "agreement": found.agreement,
        "issuer": str(found.issuer),
        "hidden": found.hidden,
        "shown": found.shown,
        "signed": found.published.keys if found.published else {},
    }


def _disclosed(found: Disclosed) -> Iterator[str]:
    yield f"1. {found.issuer.name} signed this statement: {found.issuer}"
    yield (
        f"2. It has {len(found.shown) + found.hidden} clauses: {len(found.shown)} shown, "
        f"{found.hidden} hidden."
    )
    if found.published is None:
        yield (
            f"3. That they are clauses of the agreement {found.agreement} is the word of "
            f"{found.issuer.name}: with hidden clauses an SD-JWT does not prove it."
        )
        return
    yield f"3. They are the agreement {found.agreement}."
    for party in PARTIES:
        yield f"   {party}: {found.published.keys.get(party, 'has not signed')}"


def _facts(published: Published) -> dict[str, object]:
    shown = {clause.clause: clause.value for clause in published.shown}
    return {
        "agreement": published.agreement,
        "signed": published.keys,
        "hidden": list(published.hidden),
        "shown": shown,
    }


def _statements(published: Published) -> Iterator[str]:
    shown, hidden = len(published.shown), published.hidden
    places = ", ".join(str(place + 1) for place in hidden) or "none"
    yield (
        f"1. The document holds {shown + len(hidden)} clauses: {shown} shown, {len(hidden)} "
        f"hidden (in place {places})."
    )
    yield (
        f"2. They are the agreement {published.agreement}, the one that answers and the "
        "ledger's law entries cite by this digest."
    )
    unsigned = [party for party in PARTIES if party not in published.keys]
    if unsigned:
        yield f"3. Not signed by its {' and its '.join(unsigned)}."
    else:
        yield (
            "3. Both parties signed these clauses, hidden ones included, each with a key of "
            "its own:"
        )
    yield from (f"   {party}: {vkey}" for party, vkey in published.keys.items())


add_verb(app, sign, "agreement sign agreement.yaml --as holder --key treasury-secretary.key")
add_verb(
    app,
    verify,
    "agreement verify agreement.yaml",
    "agreement verify published.json --digest sha256:9f86...",
    "agreement verify published.jwt",
)
add_verb(app, diff, "agreement diff agreement-2025.yaml agreement.yaml")
add_verb(
    app,
    publish,
    "agreement publish agreement.yaml --redact limits --redact lists.requester_offices > "
    "published.json",
    "agreement publish agreement.yaml --redact limits --key treasury-secretary.key > published.jwt",
)
