"""gate-9: two acts of an office at once, whatever they are of: officers, orders, holds, disposal,
accounting, the ledger's publication, the register. Run and judged as in races.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from scripts.attacks.attack import Attack, Group, Outcome, succeeded
from scripts.attacks.gate.races import (
    SOURCE,
    Command,
    Ended,
    batch_of,
    both,
    entered,
    file_of,
    run_race,
    step_of,
    verdict,
)
from scripts.attacks.office import Office, write_csv
from scripts.attacks.people import SOURCE_COLUMNS, request

DISPOSED_AFTER: Final = 1900
"""Days after which a closed batch's rows are disposed of."""
_WAITING: Final = "i2-address-not-general-delivery"
_GATED: Final[tuple[str, ...]] = ()
_DETERMINED: Final = ("determine",)
_REVIEWED: Final = ("determine", "review")


def _desk(office: Office, *words: str | Path, by: str = "a") -> Command:
    """A command of one officer."""
    return [*words, "--officer", office.key(by), "--office", office.path]


def _of_office(office: Office, *words: str | Path) -> Command:
    return [*words, "--office", office.path]


def _order(office: Office, name: str) -> Path:
    path = office.folder / f"{name}.txt"
    path.write_text(f"A made-up order: {name}.\n", encoding="utf-8")
    return path


def _officer(office: Office, name: str, role: str) -> Path:
    keys = office.path / "keys"
    made = office.at("officer", "create", name, "--keys", keys, "--role", role)
    made.required("officer create")
    return keys / f"{name}.key"


def _release(office: Office, batch: str, out: str = "one.jsonl") -> Command:
    return _desk(office, "release", batch, "--out", office.folder / out, by="b")


def _released(office: Office) -> str:
    batch = batch_of(office, _REVIEWED)
    office.at(*_release(office, batch)[:-2]).required("release")
    return batch


def _at_most(ended: Sequence[Ended], most: int, what: str) -> Outcome:
    """What came of two acts of which `most` may be done."""
    if sum(not each.fault for each in ended) > most:
        return succeeded(what)
    return verdict(ended)


def _either(ended: Sequence[Ended]) -> Outcome:
    """What came of two acts of which the state allows one."""
    return _at_most(ended, 1, "both were done")


# -- officers and orders -----------------------------------------------------------------------


def _enroll(office: Office, names: Sequence[str]) -> Outcome:
    folders = [office.folder / f"keys{at}" for at in range(2)]
    for folder in folders:
        folder.mkdir()
    ended = both(
        *(
            _of_office(office, "officer", "create", name, "--keys", folder)
            for name, folder in zip(names, folders, strict=True)
        )
    )
    enrolled = len(set(names))
    return _at_most(ended, enrolled, "one name was enrolled twice")


def _retire(office: Office) -> Outcome:
    command = _of_office(office, "officer", "retire", "officer-b")
    return _either(both(command, command))


def _retire_and_release(office: Office) -> Outcome:
    batch = batch_of(office, _REVIEWED)
    retiring = _of_office(office, "officer", "retire", "officer-b")
    return verdict(both(_release(office, batch), retiring))


def _suspend(office: Office, one: str, other: str) -> Outcome:
    commands = [
        _desk(office, "suspend", "--order", _order(office, name), by=by)
        for name, by in ((one, "a"), (other, "b"))
    ]
    return verdict(both(*commands))


def _resume(office: Office) -> Outcome:
    """One suspension is lifted once."""
    suspending = ("suspend", "--order", _order(office, "stop"), "--officer", office.key("a"))
    office.at(*suspending).required("suspend")
    order = _order(office, "go on")
    command = _desk(office, "resume", "--order", order, "--second", office.key("b"))
    return _either(both(command, command))


def _beside_suspension(office: Office, steps: Sequence[str], step: str) -> Outcome:
    batch = batch_of(office, steps)
    command = _release(office, batch) if step == "release" else step_of(office, step, batch)
    suspending = _desk(office, "suspend", "--order", _order(office, "stop"))
    return verdict(both(command, suspending))


def _hold_and(office: Office, steps: Sequence[str], step: str) -> Outcome:
    """A hold is added while a batch is determined or released."""
    keys = [_officer(office, name, "holds") for name in ("h-one", "h-two")]
    batch = batch_of(office, steps)
    person = office.folder / "held.json"
    held = {"format": "counterfoil-held-1", "record_refs": ["r1"], "tin": ""}
    person.write_text(json.dumps(held), encoding="utf-8")
    command = _release(office, batch) if step == "release" else step_of(office, step, batch)
    holding = ["hold", "add", "--person-file", person, "--officer", keys[0], "--second", keys[1]]
    return verdict(both(command, _of_office(office, *holding)))


# -- steps of a batch --------------------------------------------------------------------------


def _withdraw_and(office: Office, steps: Sequence[str], step: str) -> Outcome:
    """A batch is withdrawn while it is reviewed or released: it is not both."""
    batch = batch_of(office, steps)
    command = _release(office, batch) if step == "release" else _desk(office, step, batch)
    ended = both(command, _desk(office, "withdraw", batch))
    released = batch in entered(office, "release", "batch")
    if released and batch in entered(office, "withdrawal", "batch"):
        return succeeded("released and withdrawn")
    return verdict(ended)


def _waiting(office: Office) -> tuple[str, list[Command]]:
    """A batch of which a request waits for an officer, and what two roles do about it."""
    counsel = _officer(office, "c-hale", "counsel")
    rows = [request(1, "Henrietta", "Ravensworth", "General Delivery")]
    batch = str(office.receive(office.sign(office.write(rows))).required("receive")["batch"])
    reason = office.folder / "reason.txt"
    reason.write_text("Her letters are fetched there; the post office confirms it.\n", "utf-8")
    words = ["override", batch, "q1", "--counsel", counsel, "--element", _WAITING]
    return batch, [_desk(office, *words, "--reason", reason)] * 2


def _override(office: Office) -> Outcome:
    _, commands = _waiting(office)
    return _either(both(*commands))


def _override_and_determine(office: Office) -> Outcome:
    batch, commands = _waiting(office)
    return verdict(both(commands[0], step_of(office, "determine", batch)))


def _explain(office: Office) -> Outcome:
    batch = batch_of(office, _DETERMINED)
    command = _desk(office, "explain", batch, "q1")
    return verdict(both(command, command))


def _evidence(office: Office, out: Sequence[str]) -> Outcome:
    batch = _released(office)
    commands = [
        _desk(office, "evidence", "export", "q1", "--batch", batch, "--to", office.folder / name)
        for name in out
    ]
    return verdict(both(*commands))


# -- closed batches ----------------------------------------------------------------------------


def _later(office: Office, one: Command, other: Command) -> Outcome:
    """Both, when the rows of what is closed now are due."""
    return verdict(both(one, other, DISPOSED_AFTER), one_batch=False)


def _dispose(office: Office) -> Outcome:
    _released(office)
    command = _of_office(office, "retention", "run")
    return _later(office, command, command)


def _dispose_and_receive(office: Office) -> Outcome:
    _released(office)
    receiving = _of_office(office, "receive", file_of(office, 401))
    return _later(office, _of_office(office, "retention", "run"), receiving)


def _dispose_and_hold(office: Office) -> Outcome:
    batch = _released(office)
    holding = _desk(office, "retention", "hold", batch, "--order", _order(office, "keep"))
    return _later(office, _of_office(office, "retention", "run"), holding)


def _dispose_and(office: Office, *words: str) -> Outcome:
    _released(office)
    return _later(office, _of_office(office, "retention", "run"), _of_office(office, *words))


def _twice(office: Office, *words: str) -> Outcome:
    """One command of the office twice, where a batch was released."""
    _released(office)
    command = _of_office(office, *words)
    return verdict(both(command, command))


def _export_accounting(office: Office) -> Outcome:
    _released(office)
    commands = [
        _desk(office, "accounting", "export", "--to", office.folder / name)
        for name in ("one.accounting", "two.accounting")
    ]
    return verdict(both(*commands))


def _into_folder(office: Office, verb: str, option: str) -> Outcome:
    """The ledger is written to one folder twice, and what is there is whole."""
    _released(office)
    folder = office.folder / "public"
    command = _of_office(office, "ledger", verb, option, folder)
    outcome = verdict(both(command, command))
    if office.at("ledger", "check", "--export", folder).code:
        return succeeded("what was written does not check")
    return outcome


def _keep_and_withdraw(office: Office) -> Outcome:
    batch = batch_of(office, _DETERMINED)
    keeping = _of_office(office, "accounting", "keep")
    return verdict(both(keeping, _desk(office, "withdraw", batch)))


def _incidents(office: Office) -> Outcome:
    batch = _released(office)
    words = ("incident", "open", "--class", "wrong-answer", "--batch", batch)
    ended = both(_desk(office, *words), _desk(office, *words, by="b"))
    return verdict(ended)


# -- register and office -----------------------------------------------------------------------


def _people(office: Office) -> Path:
    return write_csv(office.folder / "again.csv", SOURCE, SOURCE_COLUMNS)


def _build(office: Office) -> Outcome:
    command = _of_office(office, "register", "build", _people(office), "--made-up")
    return verdict(both(command, command))


def _build_and(office: Office, step: str) -> Outcome:
    batch = batch_of(office)
    building = _of_office(office, "register", "build", _people(office), "--made-up")
    return verdict(both(building, step_of(office, step, batch)))


def _create(office: Office) -> Outcome:
    path, agreement = office.folder / "new", office.folder / "agreement.yaml"
    command = ["office", "create", path, "--sandbox", "--agreement", agreement]
    ended = both(command, command)
    if Office(office.folder).at("status").code or not path.is_dir():
        return succeeded("there is no office")
    return _either(ended)


ACTS: Final[dict[str, tuple[str, Callable[[Office], Outcome]]]] = {
    "enrol-enrol": ("one name enrolled twice, with two keys", partial(_enroll, names=("m", "m"))),
    "enrol-others": ("two officers enrolled", partial(_enroll, names=("m", "n"))),
    "retire-retire": ("one officer retired twice", _retire),
    "retire-release": ("the second officer retired while they release", _retire_and_release),
    "suspend-suspend": ("two orders", partial(_suspend, one="stop", other="stop too")),
    "suspend-same": ("one order entered by two officers", partial(_suspend, one="x", other="x")),
    "resume-resume": ("one suspension lifted twice", _resume),
    "determine-suspend": (
        "the office suspended while determining",
        partial(_beside_suspension, steps=_GATED, step="determine"),
    ),
    "release-suspend": (
        "the office suspended while releasing",
        partial(_beside_suspension, steps=_REVIEWED, step="release"),
    ),
    "hold-determine": (
        "a disclosure hold added while determining",
        partial(_hold_and, steps=_GATED, step="determine"),
    ),
    "hold-release": (
        "a disclosure hold added while releasing",
        partial(_hold_and, steps=_REVIEWED, step="release"),
    ),
    "review-withdraw": (
        "a batch withdrawn while it is reviewed",
        partial(_withdraw_and, steps=_DETERMINED, step="review"),
    ),
    "release-withdraw": (
        "a batch withdrawn while it is released",
        partial(_withdraw_and, steps=_REVIEWED, step="release"),
    ),
    "override-override": ("one request admitted twice by two roles", _override),
    "override-determine": ("a request admitted while it is determined", _override_and_determine),
    "explain-explain": ("one request explained twice", _explain),
    "evidence-evidence": ("two bundles of one request", partial(_evidence, out=("one", "two"))),
    "evidence-same": ("two bundles into one file", partial(_evidence, out=("one", "one"))),
    "dispose-dispose": ("rows disposed of twice", _dispose),
    "receive-dispose": ("a file received while rows are disposed of", _dispose_and_receive),
    "dispose-hold": ("rows held by an order while they are disposed of", _dispose_and_hold),
    "dispose-keep": (
        "accounting made while rows are disposed of",
        lambda office: _dispose_and(office, "accounting", "keep"),
    ),
    "keep-keep": ("accounting made twice", lambda office: _twice(office, "accounting", "keep")),
    "keep-withdraw": ("accounting made while a batch is withdrawn", _keep_and_withdraw),
    "accounting-export": ("the accounting exported twice", _export_accounting),
    "export-export": (
        "the ledger exported twice into one folder",
        partial(_into_folder, verb="export", option="--out"),
    ),
    "publish-publish": (
        "the ledger published twice into one folder",
        partial(_into_folder, verb="publish", option="--to"),
    ),
    "checkpoint-checkpoint": (
        "two checkpoints signed",
        lambda office: _twice(office, "ledger", "prove", "3"),
    ),
    "reconcile-reconcile": ("reconciled twice", lambda office: _twice(office, "reconcile")),
    "incident-incident": ("one incident opened by two officers", _incidents),
    "build-build": ("the register built twice", _build),
    "build-determine": (
        "the register built while a batch is determined",
        partial(_build_and, step="determine"),
    ),
    "create-create": ("one office made twice", _create),
}

_LATE: Final = frozenset({"dispose-dispose", "receive-dispose", "dispose-hold", "dispose-keep"})
GROUPS: Final = tuple(
    Group(
        f"race-{name}",
        (Attack("gate-9", name, what),),
        partial(run_race, race, name=name, days_later=DISPOSED_AFTER if name in _LATE else 0),
    )
    for name, (what, race) in ACTS.items()
)
