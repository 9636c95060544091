"""`counterfoil inspect nonce | sample | check`: an inspector's sample of released answers."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.inspection import check as checking
from counterfoil.accountability.inspection import draw, nonce
from counterfoil.accountability.monitoring import fetcher
from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    HolderKey,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    Quiet,
    desk,
    named_vkey,
    officer_key,
    principal_key,
)
from counterfoil.cli.output import faults, progress, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import RemoteOffice, ask
from counterfoil.controls.witnesses import read_policy
from counterfoil.core.use_cases import Upload, finish, watcher

_MAX_NOTE_BYTES = 1_048_576
app = group(
    "An inspector's sample of released answers, drawn by a rule that anyone can follow.",
    "inspect nonce my-checkpoint --from 2026-01-01 --to 2026-03-31 --rows 20 --holder-key "
    "holder.vkey --key inspector.key --out nonce",
    "inspect check sample --holder-key holder.vkey --inspector-key inspector.vkey",
)
_First = Annotated[
    datetime,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC.", show_default=False),
]
_Last = Annotated[
    datetime,
    typer.Option(
        "--to", formats=["%Y-%m-%d"], help="Last day, itself included.", show_default=False
    ),
]
_Rows = Annotated[
    int, typer.Option(help="How many answers, 1 to 1,000.", min=1, max=1000, show_default=False)
]
_Policy = Annotated[
    Path | None,
    typer.Option(
        help="A C2SP tlog-policy: its quorum must have cosigned the checkpoint.", show_default=False
    ),
]
_InspectorKey = Annotated[
    str,
    typer.Option(help="The inspector's verifier key, or a file that holds it.", show_default=False),
]


def make_nonce(
    checkpoint: Annotated[
        str,
        typer.Argument(
            metavar="CHECKPOINT",
            help="A checkpoint, as it is published: its file, or the URL where the ledger is "
            "published (of a gateway, http://HOST/v1).",
        ),
    ],
    first: _First,
    last: _Last,
    rows: _Rows,
    holder_key: HolderKey,
    key: Annotated[
        Path,
        typer.Option(
            help="The inspector's own key file, of `principal create`.", show_default=False
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="The nonce, a new file; its key to FILE.key.", show_default=False)
    ],
    policy: _Policy = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """For the inspector, who needs no office: draw a nonce over a checkpoint that is there, and
    sign it with the days and the number of answers that are asked for."""
    with faults(as_json=as_json):
        secret = out.with_name(f"{out.name}.key")
        require_new(out, secret)
        note = _note(checkpoint).decode("utf-8", errors="replace")
        today = datetime.now(UTC).date()
        command = nonce.AskSample(note, first.date(), last.date(), rows, today)
        wanted = read_policy(policy) if policy else None
        signer = principal_key(key, key_passphrase_file).signer
        made = nonce.make_nonce(command, named_vkey(holder_key), signer, os.urandom, wanted)
        write_new(secret, made.key)
        write_new(out, made.nonce)
        show({"nonce": str(out), "key": str(secret)}, str(out), as_json=as_json)
        say(f"Give {out} to the holder. Keep {secret}: it opens the bundles.", quiet=as_json)


def _note(named: str) -> bytes:
    """The checkpoint's bytes, which `make_nonce` checks. Raises InputFault."""
    if not named.startswith(("http://", "https://")):
        return read_whole(Path(named), _MAX_NOTE_BYTES)
    return fetcher(named.rstrip("/").removesuffix("/checkpoint"))("checkpoint", _MAX_NOTE_BYTES)


def sample(
    first: _First,
    last: _Last,
    rows: _Rows,
    nonce_file: Annotated[
        Path, typer.Option("--nonce", help="What the inspector signed.", show_default=False)
    ],
    inspector_key: _InspectorKey,
    out: Annotated[Path, typer.Option(help="A new folder.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Draw the sample that an inspector asked for, and write it as one folder that anybody checks
    offline. Through a service an inspector may draw it too. Entered as an inspection; each answer
    counts one opening."""
    with faults(as_json=as_json):
        inspector, nonce_upload = str(named_vkey(inspector_key)), Upload(nonce_file)
        days = first.date(), last.date()
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        if isinstance(office, RemoteOffice):
            question = draw.DrawFiles(nonce_upload, inspector, *days, rows)
            found = ask(office, draw.draw_sample_files, key.officer, question)
            draw.write_sample(out, found.files)
            done = msgspec.structs.replace(found.sample, folder=str(out))
        else:
            command = draw.DrawSample(nonce_upload, inspector, *days, rows, out)
            with progress(quiet=quiet or as_json) as advance:
                done = finish(draw.draw_sample(office, key.officer, command), watcher(advance))
        show(msgspec.to_builtins(done), "\n".join(done.statements), as_json=as_json)
        say(f"Wrote {out}. Give the whole folder to the inspector.", quiet=quiet or as_json)


def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `inspect sample` wrote.")],
    holder_key: HolderKey,
    inspector_key: _InspectorKey,
    policy: _Policy = None,
    key: Annotated[
        Path | None,
        typer.Option(help="The nonce's key: make each answer again, too.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check offline that the draw is the rule's and that no answer was left out. Exit 5 if it does
    not hold."""
    with faults(as_json=as_json):
        question = checking.CheckSample(
            folder,
            str(named_vkey(holder_key)),
            str(named_vkey(inspector_key)),
            read_policy(policy) if policy else None,
        )
        secret = read_whole(key, nonce.MAX_KEY_BYTES) if key else None
        found = checking.check_sample(question, secret)
        lines = [*found.statements, *(f"{i}: {word}" for i, word in found.outcomes.items())]
        show(msgspec.to_builtins(found), "\n".join([*lines, "OK"]), as_json=as_json)


add_verb(
    app,
    make_nonce,
    "inspect nonce my-checkpoint --from 2026-01-01 --to 2026-03-31 --rows 20 --holder-key "
    "holder.vkey --key inspector.key --out nonce",
    "inspect nonce https://office.example/ledger --from 2026-01-01 --to 2026-03-31 --rows 20 "
    "--holder-key holder.vkey --key inspector.key --out nonce",
    name="nonce",
)
add_verb(
    app,
    sample,
    "inspect sample --from 2026-01-01 --to 2026-03-31 --rows 20 --nonce nonce --inspector-key "
    "inspector.vkey --out sample --office tax-office --officer a.key",
)
add_verb(
    app,
    check,
    "inspect check sample --holder-key holder.vkey --inspector-key inspector.vkey --policy "
    "witnesses.policy",
    "inspect check sample --holder-key holder.vkey --inspector-key inspector.vkey --key nonce.key",
)
