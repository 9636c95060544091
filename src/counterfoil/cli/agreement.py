"""`counterfoil agreement sign | verify`: both parties put their keys to an agreement file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil import keyfile
from counterfoil.cli.options import AsJson, passphrase_for
from counterfoil.cli.output import faults, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.errors import UsageFault
from counterfoil.gate.agreement import Agreement
from counterfoil.gate.lawfile import read_law_file
from counterfoil.gate.signatures import PARTIES, check_signatures, require_signed, sign_agreement, write_signature
from counterfoil.proof import Signer

app = group("Sign an agreement file, and check its signatures.", "agreement verify agreement.yaml")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The agreement file; in an office, law/agreement.yaml.")]


def sign(
    file: File,
    party: Annotated[str, typer.Option("--as", help="holder or requester.", show_default=False)],
    key: Annotated[Path, typer.Option(help="Key file that `principal create` made for who signs.", show_default=False)],
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign an agreement for one party and write the signature into the file. Any later change of its terms ends it."""
    with faults(as_json=as_json):
        if party not in PARTIES:
            raise UsageFault("party_unknown", "there is no such party", place="--as", cure="Say holder or requester.")
        chosen, agreement = PARTIES[PARTIES.index(party)], _read(file)
        name, secret = keyfile.open_key(
            key, purpose="principal", passphrase=passphrase_for(key, key_passphrase_file), allow_unprotected=False
        )
        signature = sign_agreement(agreement, chosen, Signer(name, keyfile.signing_key(secret)))
        write_signature(file, agreement, chosen, signature)
        check_signatures(_read(file))
        show({"agreement": agreement.id, "party": chosen, "vkey": signature.vkey}, signature.vkey, as_json=as_json)


def verify(file: File, as_json: AsJson = False) -> None:
    """Check both signatures and print the keys, for each party to compare with its own. Exit 4 where one is missing."""
    with faults(as_json=as_json):
        agreement = _read(file)
        check_signatures(agreement)
        signed = {"holder": agreement.signatures.holder, "requester": agreement.signatures.requester}
        keys = {party: signature.vkey for party, signature in signed.items() if signature}
        require_signed(agreement)
        lines = [f"{party}: {vkey}" for party, vkey in keys.items()]
        show({"agreement": agreement.id, "signed": keys}, "\n".join(lines), as_json=as_json)


def _read(file: Path) -> Agreement:
    """The agreement of a file. Its signatures are not checked: one that ended is replaced by signing again."""
    return read_law_file(file, Agreement)


add_verb(app, sign, "agreement sign agreement.yaml --as holder --key treasury-secretary.key")
add_verb(app, verify, "agreement verify agreement.yaml")
