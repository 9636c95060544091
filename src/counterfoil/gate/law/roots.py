"""What the signatures of both parties cover besides the agreement's own words: the law files in
use, and the roots of trust of the holder's office.

    roots:
      law: the digest of each file in use, by its path: statutes/26-usc-6103-i-2.yaml: sha256:...
      holder: verifier key of the holder, which signs answers, snapshots and checkpoints
      origin: name of the holder's ledger
      officers: verifier keys of the first officers, whom the office enrolls by itself
      witnesses: digest of the C2SP tlog-policy, or null where the parties want no witnesses
      sample_rows: how many rows of each kind an officer looks at, at least

An agreement without `roots` has the digest that it had before the field was there; it says nothing
of these. With them, a law file that somebody edits after both have signed is no law of the
agreement: nothing is loaded (`law_not_signed`). What an office compares is in office/roots.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.agreement import Roots


def law_digests(texts: Mapping[str, str]) -> dict[str, str]:
    """The digest of each law file, by its path, from its text."""
    return {path: canonical.digest(text.encode()) for path, text in sorted(texts.items())}


def check_signed_law(roots: Roots, texts: Mapping[str, str]) -> None:
    """Raise SettingsFault `law_not_signed` unless each file in use is the one that the parties
    signed."""
    for path, digest in law_digests(texts).items():
        if roots.law.get(path) != digest:
            raise SettingsFault(
                "law_not_signed",
                "the law file is not the one that both parties signed",
                place=path,
                cure="Restore the file. A changed law needs the signatures of both parties anew: "
                "take `roots` out of the agreement, write what `counterfoil office roots DIR` "
                "prints "
                "in its place, and have both sign it.",
            )
