"""`counterfoil waiting`: the requests of a batch that two roles may admit."""

from __future__ import annotations

import msgspec

from counterfoil.cli.options import AsJson, BatchArgument, OfficeDir, PassphraseFile, opened
from counterfoil.cli.output import faults, say, show
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure.waiting import waiting_requests


def waiting(
    batch: BatchArgument,
    directory: OfficeDir,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """List the requests of a batch that wait for an officer: a request's id, and the elements that
    `override --element` names for it."""
    with faults(as_json=as_json):
        found = waiting_requests(opened(directory, passphrase_file), NOBODY, batch)
        lines = [f"{each.request_id}  {' '.join(each.elements)}" for each in found.waiting]
        words = "\n".join(lines)
        show(msgspec.to_builtins(found), words, as_json=as_json)
        if not lines:
            say("No request of this batch waits for an officer.", quiet=as_json)
        elif found.state != "gated":
            say(f"The batch is {found.state}: none of them can be admitted now.", quiet=as_json)
        else:
            say(
                "An officer and counsel admit one with `counterfoil override`, before the batch "
                "is determined.",
                quiet=as_json,
            )
