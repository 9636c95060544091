"""`counterfoil notice write | enter | list | order | lift`: notice before answers are released."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.files import require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    OrderFile,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    desk,
    officer_key,
    opened_here,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act, ask
from counterfoil.controls.notices import demands
from counterfoil.controls.notices import service as notices
from counterfoil.core.use_cases import NOBODY, Upload

app = group(
    "Give notice before answers are released, where the agreement or a court demands it.",
    "notice list --office tax-office",
    "notice write b-0f1e2d3c4b5a6978 --to notice.txt --office tax-office --officer a.key",
)


def write(
    batch: BatchArgument,
    to: Annotated[Path, typer.Option(help="The notice, a new file.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the notice of a batch, signed with the holder's key: batch, rows, what is demanded, and
    to whom it goes; nobody whom the batch asks about. Nothing is entered yet."""
    with faults(as_json=as_json):
        require_new(to)
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        made = ask(office, notices.write_notice, key.officer, notices.WriteNotice(batch))
        write_new(to, made.text.encode())
        show({"batch": batch, "notice": str(to), "to": made.to}, str(to), as_json=as_json)
        say(
            f"Give it to {'; '.join(made.to)}. Then `counterfoil notice enter {batch} --notice "
            f"{to}`: the hours run from there.",
            quiet=as_json,
        )


def enter(
    batch: BatchArgument,
    notice: Annotated[Path, typer.Option(help="The notice that was given.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter that the notice of a batch was given, which starts its hours."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = notices.EnterNotice(batch, Upload(notice))
        done = act(office, notices.enter_notice_statement, notices.enter_notice, wanted, key)
        words = f"Notice is entered by entry {done.index}; "
        words += (
            f"the batch can be released from {done.release_from} on."
            if done.release_from
            else "who is to have notice is not all named by it yet."
        )
        show(msgspec.to_builtins(done), words, as_json=as_json)


def show_list(directory: OfficeDir, as_json: AsJson = False) -> None:
    """What the agreement and orders demand, and the open batches that need notice, with the time
    from which each can be released."""
    with faults(as_json=as_json):
        found = notices.list_notices(opened_here(directory), NOBODY)
        lines = [
            f"{each.source}: more than {each.over_rows} rows, {each.hours} hours before, to "
            f"{'; '.join(each.to)}"
            for each in found.demands
        ] or ["No notice is demanded."]
        for each in found.waiting:
            state = f"from {each.release_from} on" if each.release_from else "needs notice"
            lines.append(f"{each.batch}  {each.rows} rows, {state}")
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


def order(
    order: OrderFile,
    over_rows: Annotated[
        int, typer.Option(help="Notice is due of more rows than this; 0: of any.", min=0)
    ],
    hours: Annotated[int, typer.Option(help="How long before the release, in hours.", min=1)],
    to: Annotated[
        list[str], typer.Option(help="Who is to have notice; once for each.", show_default=False)
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter what a court's order demands: two officers. It stands beside what the agreement
    demands, and never weakens it. Prints its number."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = demands.OrderNotice(Upload(order), over_rows, hours, tuple(to))
        statement = demands.order_notice_statement
        done = act(office, statement, demands.order_notice, wanted, first, other)
        show(msgspec.to_builtins(done), str(done.rule), as_json=as_json)
        say(f"Demand {done.rule} stands from entry {done.index} on.", quiet=as_json)


def lift(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="Its number, as `notice order` printed it.")
    ],
    order: OrderFile,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lift the demand of one order, by the order that lifts it: two officers."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = demands.LiftNotice(number, Upload(order))
        statement = demands.lift_notice_statement
        done = act(office, statement, demands.lift_notice, wanted, first, other)
        show(msgspec.to_builtins(done), str(done.rule), as_json=as_json)
        say(f"Demand {done.rule} is lifted by entry {done.index}.", quiet=as_json)


_DESK = "--office tax-office --officer a.key"
_BATCH = "b-0f1e2d3c4b5a6978"
add_verb(app, write, f"notice write {_BATCH} --to notice.txt {_DESK}")
add_verb(app, enter, f"notice enter {_BATCH} --notice notice.txt {_DESK}")
add_verb(app, show_list, "notice list --office tax-office", name="list")
add_verb(
    app,
    order,
    f"notice order --order order.pdf --over-rows 1000 --hours 24 --to 'Clerk of the court' {_DESK} "
    "--second b.key",
)
add_verb(app, lift, f"notice lift 1 --order lifted.pdf {_DESK} --second b.key")
