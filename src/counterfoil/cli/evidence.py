"""`counterfoil evidence export | check`, and what `counterfoil replay BUNDLE` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.evidence import (
    Replayed,
    check_public,
    compare_snapshot,
    export_evidence,
)
from counterfoil.accountability.evidence import replay as run_replay
from counterfoil.accountability.evidence.bundle import MAX_BYTES, read_key, write_key
from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    named_vkey,
    officer_signer,
    opened,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.errors import VerifyFault
from counterfoil.office import Office
from counterfoil.tlog.policy import MAX_POLICY_BYTES, parse_policy
from counterfoil.tlog.witness_client import ask_witnesses

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
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one request as an evidence bundle, and its key to a second file. Entered as an
    inspection; counts one opening."""
    with faults(as_json=as_json):
        key_file = key_path(to)
        require_new(to, key_file)
        wanted = None if policy is None else read_whole(policy, MAX_POLICY_BYTES)
        office = opened(directory, passphrase_file)
        signer = officer_signer(office, officer, officer_passphrase_file)
        made = export_evidence(office, batch, request_id, *signer, _cosigner(office, wanted))
        write_new(key_file, write_key(made.key))
        write_new(to, made.bundle)
        result = {
            "bundle": str(to),
            "key": str(key_file),
            "entry": made.index,
            "bytes": len(made.bundle),
        }
        show(result, f"{to}\n{key_file}", as_json=as_json)
        say(
            "Keep the two apart: the key opens the request, and who lives at the address asked.",
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
        found = check_public(read_whole(bundle, MAX_BYTES), named_vkey(holder_key))
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
    """Reckon a bundle again and say so. `office` is asked for its snapshot where it is named."""
    data, secret = (
        read_whole(bundle, MAX_BYTES),
        read_key(read_whole(key or key_path(bundle), 4096)),
    )
    found = run_replay(data, secret, named_vkey(holder_key) if holder_key else None)
    if office is not None:
        stated = compare_snapshot(opened(office, passphrase_file), data, secret)
        found = msgspec.structs.replace(found, statements=(*found.statements, stated))
    show(msgspec.to_builtins(found) | {"identical": True}, _words(found), as_json=as_json)


def key_path(bundle: Path) -> Path:
    """Where the key of a bundle is written and looked for."""
    return bundle.with_name(bundle.name + ".key")


def _words(found: Replayed) -> str:
    return "\n".join([*found.statements, f"identical: {found.outcome or 'not answered yet'}"])


def _cosigner(office: Office, policy: bytes | None) -> Callable[[str], str]:
    """What asks the witnesses of a policy for a checkpoint that was just signed."""
    if policy is None:
        return str
    wanted = parse_policy(policy)

    def cosign(note: str) -> str:
        with office.store.reading() as connection:
            size = int(note.split("\n")[1])
            done = ask_witnesses(
                wanted, note, lambda old: office.ledger.prove_consistency(connection, old, size)
            )
        if not done.holds:
            raise VerifyFault(
                "witness_quorum",
                "the witnesses that cosigned are no quorum",
                place="evidence",
                cure="The look is entered; no bundle was written. Ask again when the witnesses "
                "are up, or without --policy.",
            )
        return done.note

    return cosign


add_verb(
    app,
    export,
    "evidence export R-0001 --batch b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --to "
    "R-0001.evidence",
)
add_verb(app, check, "evidence check R-0001.evidence --holder-key holder.vkey")
