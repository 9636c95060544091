"""`counterfoil waiting`: the requests of a batch that two roles may admit."""

from __future__ import annotations

import msgspec

from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerMaybe,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    log_in,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import ask
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure.waiting import waiting_requests


def waiting(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerMaybe = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """List the requests of a batch that wait for an officer: a request's id, and the elements that
    `override --element` names for it."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        log_in(office, officer, officer_passphrase_file)
        found = ask(office, waiting_requests, NOBODY, batch)
        lines = [f"{each.request_id}  {' '.join(each.elements)}" for each in found.waiting]
        words = "\n".join(lines)
        show(msgspec.to_builtins(found), words, as_json=as_json)
        if not lines:
            say("No request of this batch waits for an officer.", quiet=as_json)
        elif found.state != "gated":
            say(f"The batch is {found.state}: none of them can be admitted now.", quiet=as_json)
        else:
            say(
                f"An officer and counsel admit one with `counterfoil override {batch} REQUEST_ID "
                "--element ELEMENT --officer KEY --counsel KEY --reason FILE`, before the batch is "
                "determined.",
                quiet=as_json,
            )
