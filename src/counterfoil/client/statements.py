"""What requesters stated by the mailbox, for the command line: as lines, and as the file that two
officers enter."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from counterfoil.client.keys import Desk, OfficerKey, ask_plainly
from counterfoil.core.errors import StateFault
from counterfoil.exchange.statements import WaitingStatement, list_statements


@contextmanager
def statement_file(office: Desk, key: OfficerKey, named: str) -> Generator[Path]:
    """The file of a statement that is named by its path, or by the item that it came in, as
    `list_statements` has it. Raises StateFault `statement_unknown`."""
    if Path(named).exists() or not _is_item(named):
        yield Path(named)
        return
    for each in ask_plainly(office, list_statements, key.officer):
        if each.item == named:
            with TemporaryDirectory() as folder:
                file = Path(folder) / "statement.jws"
                file.write_text(each.statement, encoding="ascii")
                yield file
            return
    raise StateFault(
        "statement_unknown",
        "no statement of this item waits to be entered",
        place=named,
        cure="`counterfoil recall statements` lists those that wait.",
    )


def statement_lines(each: WaitingStatement) -> list[str]:
    """What a statement says: of which answers, who signed, who had them, what became of them."""
    said = each.receipt
    about = f"recall {said.number}" if said.about == "recall" else "expired answers"
    gone = f"{said.disposed} on {said.disposed_on}" if said.disposed else "not destroyed yet"
    return [
        each.item,
        f"  {said.batch}, {about}, came {each.received_at}",
        f"  {said.principal}; passed on to {', '.join(said.onward) or 'nobody'}; {gone}",
    ]


def _is_item(text: str) -> bool:
    return len(text) == 32 and all(each in "0123456789abcdef" for each in text)


__all__ = ["list_statements", "statement_file", "statement_lines"]
