"""verify.html: what `counterfoil-verify` checks, as one page that works without a network. The
build puts the files of `verify/` into one:

    page.html     the page, with marks where style, scripts and policy go
    page.css      its style, for the screen and for paper
    verify.js     the checks of cli/verifier.py, a second time, with WebCrypto alone
    bundle.js     those of an evidence bundle's public part
    securitykeys.js   those of officers' security keys
    recalls.js    those of the list of recalls
    run.js        what runs a check and says how it ended
    page.js       what reads the chosen files and shows what the others say

The page's Content-Security-Policy names the one script and the one style by their SHA-256 and
allows nothing else: no other script, no connection, no image, no form that is sent, no text that
becomes markup. So a page in which somebody altered a script does not run it, unless the policy was
altered too: compare the file's digest with the one that `counterfoil verify-page` prints. The same
sources make the same bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("verify")
SCRIPTS: Final = ("verify.js", "bundle.js", "securitykeys.js", "recalls.js", "run.js", "page.js")
_POLICY: Final = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def make_verify_page() -> bytes:
    """The bytes of verify.html."""
    script = "\n".join(_source(name) for name in SCRIPTS)
    style = _source("page.css")
    policy = _POLICY.format(script=inline_hash(script), style=inline_hash(style))
    page = _source("page.html")
    for mark, text in (("POLICY", policy), ("STYLE", style), ("SCRIPT", script)):
        before, after = page.split(f"[[{mark}]]")
        page = f"{before}{text}{after}"
    return page.encode()


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def inline_hash(text: str) -> str:
    """How a policy names an inline script or style."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
