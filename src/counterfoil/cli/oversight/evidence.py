"""`counterfoil evidence export | check`, and what `counterfoil replay BUNDLE` does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability import evidence
from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    named_vkey,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import ask
from counterfoil.core.use_cases import SERVICE

app = group(
    "Evidence bundles: one request, whole, to be reckoned again elsewhere.",
    "evidence check R-0001.evidence --holder-key holder.vkey",
)


def export(
    request_id: Annotated[
        str, typer.Argument(metavar="REQUEST_ID", help="The request's id in its file.")
    ],
    batch: Annotated[str, typer.Option(help="The id that `receive` printed.", show_default=False)],
    to: Annotated[
        Path, typer.Option(help="The bundle; its key is written to FILE.key.", show_default=False)
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Witnesses to cosign the checkpoint, as a C2SP tlog-policy.", show_default=False
        ),
    ] = None,
    without_residents: Annotated[
        bool,
        typer.Option(
            "--without-residents",
            help="Leave out who lives at the address that was asked, for a reader who may not see "
            "them; the match cannot then be made again.",
        ),
    ] = False,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one request as an evidence bundle, and its key to a second file. Entered as an
    inspection; counts one opening."""
    with faults(as_json=as_json):
        key_file = key_path(to)
        require_new(to, key_file)
        wanted = None if policy is None else read_whole(policy, evidence.MAX_POLICY_BYTES)
        office = desk(directory, passphrase_file)
        signer = officer_key(office, officer, officer_passphrase_file)
        command = evidence.ExportEvidence(
            batch, request_id, wanted, residents=not without_residents
        )
        made = ask(office, evidence.export_evidence, signer.officer, command)
        write_new(key_file, evidence.write_key(made.key))
        write_new(to, made.bundle)
        result = {
            "bundle": str(to),
            "key": str(key_file),
            "entry": made.index,
            "bytes": len(made.bundle),
        }
        show(result, f"{to}\n{key_file}", as_json=as_json)
        say(
            "Keep the two apart: the key opens the request"
            + ("." if without_residents else ", and who lives at the address asked."),
            quiet=as_json,
        )


def check(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="What `evidence export` wrote.")],
    holder_key: Annotated[
        str,
        typer.Option(
            "--holder-key",
            help="The holder's verifier key, or a file that holds it.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Check the public part of a bundle, without its key: law, ledger, manifest, officers. Exit 5
    if it does not hold."""
    with faults(as_json=as_json):
        found = evidence.check_public(
            read_whole(bundle, evidence.MAX_BYTES), named_vkey(holder_key)
        )
        show(
            msgspec.to_builtins(found),
            "\n".join([*found.statements, "OK: the public part"]),
            as_json=as_json,
        )


def replay_bundle(
    bundle: Path,
    key: Path | None,
    holder_key: str,
    office: Path | None,
    passphrase_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make the answer of a bundle again and say so. `office` is asked for its snapshot where it is
    named."""
    data = read_whole(bundle, evidence.MAX_BYTES)
    secret = evidence.read_key(read_whole(key or key_path(bundle), evidence.MAX_KEY_FILE_BYTES))
    found = evidence.replay(data, secret, named_vkey(holder_key) if holder_key else None)
    if office is not None:
        question = evidence.CompareSnapshot(data, secret)
        stated = evidence.compare_snapshot(opened(office, passphrase_file), SERVICE, question)
        found = msgspec.structs.replace(found, statements=(*found.statements, stated))
    show(
        msgspec.to_builtins(found) | {"identical": found.made_again}, _words(found), as_json=as_json
    )


def key_path(bundle: Path) -> Path:
    """Where the key of a bundle is written and looked for."""
    return bundle.with_name(bundle.name + ".key")


def _words(found: evidence.Replayed) -> str:
    verdict = "identical" if found.made_again else "proved, the match not made again"
    outcome = found.outcome or "not answered yet"
    recalled = f", RECALLED on {found.recalled_on}" if found.recalled_on else ""
    return "\n".join([*found.statements, f"{verdict}: {outcome}{recalled}"])


add_verb(
    app,
    export,
    "evidence export R-0001 --batch b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --to "
    "R-0001.evidence",
)
add_verb(app, check, "evidence check R-0001.evidence --holder-key holder.vkey")
