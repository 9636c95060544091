"""`counterfoil verify-answer | complete-answer | verify-notice | verify-export | verify-proof`:
they need no office, only files and the holder's verifier key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability import completion, exported_ledger
from counterfoil.cli.files import read_whole
from counterfoil.cli.options import AsJson, HolderKey, named_vkey
from counterfoil.cli.output import faults, show
from counterfoil.controls.witnesses import read_policy
from counterfoil.core.errors import UsageFault
from counterfoil.requester.notice import check_notice
from counterfoil.requester.verify import RecallFilter, check_proof, read_list
from counterfoil.requester.verify import verify_answer as verify

PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy", help="A C2SP tlog-policy: its quorum must have cosigned.", show_default=False
    ),
]
_MAX_PROOF_BYTES = 1_048_576
_MAX_ENTRY_BYTES = 65_536


_VERDICTS = {
    0: "OK",
    7: "EXPIRED: all of it verifies, and its time of use is over",
    8: "RECALLED: all of it verifies, and the holder recalled it or some of its rows",
}
"""The last line, by the number of the statement that does not hold."""


def _recalls(file: Path | None, since: datetime | None) -> RecallFilter | None:
    if file is not None:
        return RecallFilter(read_list(file), since.replace(tzinfo=UTC) if since else None)
    if since is not None:
        raise UsageFault(
            "recalls_missing",
            "a time is named and no list of recalls",
            place="--recalls-since",
            cure="Name the list with --recalls.",
        )
    return None


def verify_answer(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The answer file; FILE.jws must stand beside it.")
    ],
    holder_key: HolderKey,
    policy: PolicyFile = None,
    in_force: Annotated[
        bool,
        typer.Option(
            "--in-force", help="Exit 6 where its last day of use is over, or it was recalled."
        ),
    ] = False,
    recalls: Annotated[
        Path | None,
        typer.Option(
            help="The list of recalls that the holder publishes: look the answer up.",
            show_default=False,
        ),
    ] = None,
    recalls_since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"],
            help="Exit 5 where that list was made before this time, UTC.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an answer file against the holder's key; with --policy, its release against the
    witnesses; with --recalls, that it was not recalled. Exit 5 if anything does not verify."""
    with faults(as_json=as_json):
        vkey, today = str(named_vkey(holder_key)), datetime.now(UTC).date()
        wanted = _recalls(recalls, recalls_since)
        statements = verify(file, vkey, today, read_policy(policy) if policy else None, wanted)
        said = [
            {"number": each.number, "holds": each.holds, "text": each.text} for each in statements
        ]
        words = "\n".join(f"{each.number}  {each.text}" for each in statements)
        broken = {each.number for each in statements if not each.holds}
        verdict = _VERDICTS[8 if 8 in broken else 7 if broken else 0]
        show({"verified": True, "statements": said}, f"{words}\n{verdict}", as_json=as_json)
        if in_force and verdict != "OK":
            raise typer.Exit(6)


def complete_answer(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The answer file; FILE.jws must stand beside it.")
    ],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="The folder that the holder publishes, or its URL.", show_default=False
        ),
    ],
    holder_key: HolderKey,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Write FILE.proof: the proof of an answer's release to the checkpoint that is published, with
    its cosignatures. Anybody can."""
    with faults(as_json=as_json):
        wanted = read_policy(policy) if policy else None
        done = completion.complete_answer(file, source, named_vkey(holder_key), wanted)
        words = f"{done.proof}: entry {done.index} of {done.size}" + "".join(
            f"\ncosigned by {each}" for each in done.cosigned
        )
        show(msgspec.to_builtins(done), words, as_json=as_json)


def verify_notice(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A notice or a correction, as it was received.")
    ],
    holder_key: HolderKey,
    as_json: AsJson = False,
) -> None:
    """Check a notice before release, or a correction to an answer, against the holder's key, and
    print what it says. Exit 5 if it does not verify."""
    with faults(as_json=as_json):
        lines = check_notice(read_whole(file, _MAX_PROOF_BYTES), named_vkey(holder_key))
        words = "\n".join([*lines, "OK"])
        show({"verified": True, "lines": lines}, words, as_json=as_json)


def verify_export(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `ledger export` wrote, or a copy of it.")
    ],
    holder_key: HolderKey,
    on_clock_since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Exit 5 where a publication was late since this day.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an exported ledger from its files alone, and tell when it was published. Exit 5 names
    the first divergence."""
    with faults(as_json=as_json):
        since = None if on_clock_since is None else on_clock_since.date()
        found = exported_ledger.verify_export(
            directory, named_vkey(holder_key), datetime.now(UTC), since
        )
        size, root = found.report.size, found.report.root
        words = "\n".join([*found.statements, f"OK: {size} entries, root {root}"])
        said = msgspec.to_builtins(found.report) | {"clock": msgspec.to_builtins(found.clock)}
        show(said, words, as_json=as_json)


def verify_proof(
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="What `ledger prove` printed.")],
    entry: Annotated[
        Path, typer.Option(help="The entry's line, as `ledger show` prints it.", show_default=False)
    ],
    holder_key: HolderKey,
    as_json: AsJson = False,
) -> None:
    """Check that an entry is in the holder's ledger, from a C2SP tlog-proof. Exit 5 if it is
    not."""
    with faults(as_json=as_json):
        found, checkpoint = check_proof(
            read_whole(proof, _MAX_PROOF_BYTES),
            _entry(read_whole(entry, _MAX_ENTRY_BYTES)),
            named_vkey(holder_key),
        )
        said = {
            "verified": True,
            "index": found.index,
            "size": checkpoint.size,
            "origin": checkpoint.origin,
        }
        words = (
            f"OK: entry {found.index} of the {checkpoint.size} that {checkpoint.origin} has "
            "signed for"
        )
        show(said, words, as_json=as_json)


def _entry(line: bytes) -> bytes:
    """The entry in a line of `ledger show`, with its index or without."""
    _, brace, rest = line.strip().partition(b"{")
    return brace + rest
