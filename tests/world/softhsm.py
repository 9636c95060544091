"""A token in software for one test run: SoftHSM2 with a folder of its own, and one AES key on it.

python -m tests.world.softhsm    prints where its library is; 1 where the machine has none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
MODULE = next((place for place in _PLACES if Path(place).is_file()), None)
UTIL = shutil.which("softhsm2-util")
LABEL, KEY, PIN = "counterfoil-tests", "register-wrapping", "4711-0815"


def make_token(folder: Path) -> None:
    """A token in `folder`, for the rest of this process, with its AES key. SoftHSM reads where its
    tokens are when its library is first used."""
    assert MODULE and UTIL, "install softhsm2, or leave the group out: -m 'not softhsm'"
    (folder / "tokens").mkdir(parents=True)
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n", "utf-8")
    os.environ["SOFTHSM2_CONF"] = str(config)
    command = [UTIL, "--init-token", "--free", "--label", LABEL, "--so-pin", "so-pin-1"]
    subprocess.run([*command, "--pin", PIN], check=True, capture_output=True)
    import pkcs11

    with pkcs11.lib(MODULE).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        session.generate_key(pkcs11.KeyType.AES, 256, label=KEY, store=True)


if __name__ == "__main__":
    print(MODULE if MODULE and UTIL else "no SoftHSM2 on this machine")
    sys.exit(not (MODULE and UTIL))
