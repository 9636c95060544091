"""Witnesses on loopback over a made-up office: honest ones, ones that lie, ones that are down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.tlog import Signer
from counterfoil.tlog.cosignature import cosigner_key
from counterfoil.tlog.witness import Records, Witness, WitnessResponse
from counterfoil.tlog.witness_server import serve
from tests.world.office import World

NOBODY = "http://127.0.0.1:9"


class Accuser(Witness):
    """Says of every checkpoint that it continues nothing."""

    def add_checkpoint(self, body: bytes) -> WitnessResponse:
        return WitnessResponse(HTTPStatus.UNPROCESSABLE_ENTITY)


def signer(number: int) -> Signer:
    return Signer(
        f"witness.example/w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    )


class Court:
    """The witnesses of one world: `urls` by number. `stop` takes one away, as a power cut would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.urls: dict[int, str] = {}
        self.witnesses: dict[int, Witness] = {}

    def policy(self, least: str, *numbers: int) -> str:
        """A policy of these witnesses, `least` of which are enough."""
        keys = {
            each: cosigner_key(signer(each).name, signer(each).verifier.public) for each in numbers
        }
        lines = [f"witness w{each} {keys[each]} {self.urls.get(each, NOBODY)}" for each in numbers]
        names = " ".join(f"w{each}" for each in numbers)
        return "\n".join([*lines, f"group enough {least} {names}", "quorum enough", ""])

    def adopt(self, least: str, *numbers: int) -> None:
        """Write the policy into the office, and open it anew."""
        (self.world.path / "witnesses.policy").write_text(self.policy(least, *numbers))
        settings = self.world.path / "office.toml"
        settings.write_text(
            settings.read_text().replace('witnesses = ""', 'witnesses = "witnesses.policy"')
        )
        self.world.office.store.close()
        self.world.office = self.world.opened()


@contextmanager
def court(world: World, directory: Path, **kinds: type[Witness]) -> Iterator[Court]:
    """Serve witnesses, `w2=Witness`, `w4=Accuser`, whose clock is the world's."""
    running, made = [], Court(world)
    try:
        for name, kind in kinds.items():
            number, records = int(name[1:]), Records(directory / name)
            clock = lambda: int(world.now.timestamp())  # noqa: E731
            made.witnesses[number] = kind(
                records, [world.office.holder_key], [signer(number)], clock
            )
            server = serve(made.witnesses[number], "127.0.0.1", 0)
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            running.append((server, thread, records))
            made.urls[number] = f"http://127.0.0.1:{server.server_port}"
        yield made
    finally:
        for server, thread, records in running:
            server.shutdown()
            thread.join()
            server.server_close()
            records.close()
