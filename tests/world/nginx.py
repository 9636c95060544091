"""The proxy before the gateway, run as it is shipped: Debian's nginx over deploy/nginx-gateway.conf,
with the places of this machine put in.

    python -m tests.world.nginx     prints where nginx is; 1 where the machine has none
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.house.tree import ROOT

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
SHIPPED = ROOT / "deploy" / "nginx-gateway.conf"
SECONDS = 60


def shipped(changes: Mapping[str, str]) -> str:
    """The shipped configuration with the places that differ on this machine; each must occur."""
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"the shipped configuration does not say {old}"
        text = text.replace(old, new)
    return text


@contextmanager
def proxy(folder: Path, server: str, port: int) -> Iterator[None]:
    """Run nginx over this server block, as one process, until the end."""
    assert NGINX is not None, "install nginx, or leave the group out: -m 'not nginx'"
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{places}{server}\n}}\n",
        encoding="utf-8",
    )
    command = [NGINX, "-c", str(main), "-p", str(folder), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, folder)
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "error.log").read_text("utf-8")
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


if __name__ == "__main__":
    print(NGINX or "no nginx on this machine")
    sys.exit(NGINX is None)
