"""The child of test_conformance.py: appends ten entries a commit, and tells the size after each,
until it is killed."""

from __future__ import annotations

import sys

from counterfoil.database import open_store
from tests.ledger.office import LEDGER, START, drafts

STEP = 10


def main(url: str) -> None:
    store = open_store(url)
    while True:
        with store.transaction() as connection:
            stop = LEDGER.append(connection, drafts(STEP), START).stop
        print(stop, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
