"""`counterfoil register certify`: how seldom does this register confirm what is not so?"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from counterfoil.certification.certificate import certificate_digest
from counterfoil.certification.curves import PARTS, Point, curve_csv
from counterfoil.certification.decoys import ASKS, KINDS, NAMES
from counterfoil.certification.governing import agreed_limit
from counterfoil.certification.history_mix import read_mix
from counterfoil.certification.run import PER_CLASS, CertificationOutcome, CertificationPlan
from counterfoil.certification.run import certify as run_certification
from counterfoil.certification.tally import Tally
from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, Quiet, opened
from counterfoil.cli.output import faults, progress, say, show
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import InputFault, StoreFault, UsageFault
from counterfoil.core.outside_json import decode_json
from counterfoil.office import Office

EXAMPLE = "register certify --source people.csv --office tax-office --ask birth"
_SEED_DIGITS = 64


def certify(
    directory: OfficeDir,
    source: Annotated[
        Path,
        typer.Option(help="The very file that the register was built from.", show_default=False),
    ],
    per_class: Annotated[int, typer.Option(min=1, help="Decoys of each kind.")] = PER_CLASS,
    limit: Annotated[
        float | None,
        typer.Option(
            help="What the bound of each kind must not exceed; the agreement's own.",
            show_default=False,
        ),
    ] = None,
    ask: Annotated[
        str, typer.Option(help="What decoys state: `names`, or `birth` for a date of birth too.")
    ] = NAMES,
    least_recall: Annotated[
        float,
        typer.Option(help="Of the register's own people, what a threshold must still confirm."),
    ] = 0.5,
    mix: Annotated[
        Path | None,
        typer.Option(
            help="JSON object: kind of decoy to its weight, a whole number.", show_default=False
        ),
    ] = None,
    mix_of_history: Annotated[
        bool,
        typer.Option(
            "--mix-of-history",
            help="Weigh the kinds as the office's own negatives are nearest to them.",
        ),
    ] = False,
    without: Annotated[
        str,
        typer.Option(
            help="Kinds of decoy to leave out, commas between: the certificate does not cover "
            "them.",
            show_default=False,
        ),
    ] = "",
    seed: Annotated[
        str,
        typer.Option(help="64 hex digits; without it the manifest gives one.", show_default=False),
    ] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 for one for each core.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a certification was broken off.")
    ] = False,
    curve: Annotated[
        Path | None,
        typer.Option(help="Write wrong and bound by threshold as CSV.", show_default=False),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(help="Write the picture here too.", show_default=False)
    ] = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Ask questions whose true answer is no, and certify a threshold at which the bound of every
    kind meets the limit.

    Nothing that is asked leaves the holder; certify.json holds counts only. Without such a
    threshold it refuses, and says why.
    """
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        plan = CertificationPlan(
            per_class=per_class,
            limit=_limit(limit, office, _asks(ask)),
            asks=ask,
            seed=_seed(seed),
            mix=_read_mix(mix),
            least_recall=least_recall,
            without=_without(without),
            jobs=jobs or os.cpu_count() or 1,
            resume=resume,
        )
        if mix_of_history:
            plan = _with_history(plan, office)
        for picture in (curve, svg):
            _check_folder(picture)
        with progress(quiet=quiet or as_json) as advance:
            found = run_certification(office, source, plan, advance)
        _write(curve, curve_csv(found.points))
        _write(svg, found.picture)
        if found.fault is not None:
            say(_refused(found, plan), quiet=quiet or as_json)
            raise found.fault
        show(_told(found), _words(found), as_json=as_json)


def _told(found: CertificationOutcome) -> dict[str, Any]:
    if found.certificate is None:
        raise AssertionError("a certification without a fault has a certificate")
    told: dict[str, Any] = msgspec.to_builtins(found.certificate)
    return told | {"digest": certificate_digest(found.certificate)}


def _words(found: CertificationOutcome) -> str:
    held = found.certificate
    if held is None:
        raise AssertionError("a certification without a fault has a certificate")
    chosen = next(point for point in found.points if point.threshold == held.threshold)
    return "\n".join(
        [
            f"Snapshot {held.snapshot} is certified at {held.threshold / 100:.1f} bits of evidence "
            f"(its own: {held.own_threshold / 100:.1f}), "
            "for questions that state "
            f"{'name and date of birth' if held.asks != NAMES else 'names'}.",
            *_table(chosen),
            f"Highest bound {held.maximum / PARTS:.2e}, limit {held.limit / PARTS:.1e}; "
            f"weighted {held.weighted / PARTS:.2e} ({held.mix_said}).",
            f"Of the register's own people, asked as held, {held.proxy_confirmed} of "
            f"{held.proxy_asked} are confirmed.",
            "Pairs of people of one home in the source, by what they share:",
            *(f"  {count:>10,}  {shared}" for shared, count in held.confusions.items()),
            "Not covered:",
            *(f"  - {each}" for each in held.not_covered),
        ]
    )


def _refused(found: CertificationOutcome, plan: CertificationPlan) -> str:
    useful = [point for point in found.points if point.recall >= plan.least_recall] or found.points[
        :1
    ]
    best = min(useful, key=lambda point: (point.worst.bound, point.threshold))
    first = found.points[0]
    lines = [
        f"At {first.threshold / 100:.1f} bits, own people as held {first.recall:.3f}:",
        *_table(first),
    ]
    if best is not first:
        lines += [
            f"At {best.threshold / 100:.1f} bits, own people as held {best.recall:.3f}:",
            *_table(best),
        ]
    lines += ["What was reached by the wrong ones, at the weights' own threshold:"]
    return "\n".join(lines + _levels(found.tally))


def _table(point: Point) -> list[str]:
    head = f"  {'kind':14} {'asked':>10} {'wrong':>8} {'bound':>10}"
    return [
        head,
        *(
            f"  {k.kind:14} {k.asked:>10,} {k.wrong:>8,} {k.bound / PARTS:>10.2e}"
            for k in point.kinds
        ),
    ]


def _levels(tally: Tally) -> list[str]:
    lines: list[str] = []
    for kind in KINDS:
        most = sorted(tally[kind].levels.items(), key=lambda item: (-item[1], item[0]))[:3]
        lines += [f"  {kind:14} {count:>8,}  {levels}" for levels, count in most]
    return lines


def _limit(limit: float | None, office: Office, scope: str) -> int:
    """In parts of 10**12: the agreement's where none is given; a looser one would certify nothing
    that counts."""
    agreed = agreed_limit(office.law.agreement.confirmation, scope)
    if limit is None:
        return agreed
    if not 0 < limit < 1:
        raise UsageFault(
            "limit_invalid",
            "the limit is not between 0 and 1",
            place="--limit",
            cure="Give a rate such as 1e-5.",
        )
    if round(limit * PARTS) > agreed:
        raise UsageFault(
            "limit_looser",
            f"the limit is looser than the agreement's for {scope}, {agreed / PARTS:.1e}",
            place="--limit",
            cure="Leave it out, or give a stricter one. Only the parties can change "
            "confirmation.most_wrong.",
        )
    return max(1, round(limit * PARTS))


def _asks(ask: str) -> str:
    if ask not in ASKS:
        raise UsageFault(
            "ask_invalid",
            "decoys cannot state that",
            place="--ask",
            cure=f"Give one of {', '.join(ASKS)}.",
        )
    return ask


def _seed(seed: str) -> str:
    if seed and (
        len(seed) != _SEED_DIGITS or not all(digit in "0123456789abcdef" for digit in seed)
    ):
        raise UsageFault(
            "seed_invalid",
            "the seed is not 64 hex digits",
            place="--seed",
            cure="Leave it out, or give 64 hex digits.",
        )
    return seed


def _without(kinds: str) -> tuple[str, ...]:
    named = tuple(name.strip() for name in kinds.split(",") if name.strip())
    if not set(named) < KINDS.keys():
        raise UsageFault(
            "without_invalid",
            "these are no kinds of decoy, or all of them",
            place="--without",
            cure=f"Name some of {', '.join(KINDS)}.",
        )
    return named


_MAX_MIX_BYTES = 65_536


def _read_mix(path: Path | None) -> dict[str, int]:
    if path is None:
        return {}
    try:
        mix = decode_json(read_bounded(path, _MAX_MIX_BYTES), dict[str, int])
    except (OSError, ValueError):
        mix = {}
    if not mix or not mix.keys() <= KINDS.keys() or min(mix.values()) < 0 or not sum(mix.values()):
        raise InputFault(
            "mix_invalid",
            "this is no mix of kinds of decoy",
            place=path.name,
            cure=f"Give a JSON object of whole numbers by kind: {', '.join(KINDS)}.",
        )
    return mix


def _with_history(plan: CertificationPlan, office: Office) -> CertificationPlan:
    if plan.mix:
        raise UsageFault(
            "mix_twice",
            "two mixes are given",
            place="--mix-of-history",
            cure="Give --mix or --mix-of-history.",
        )
    found = read_mix(office)
    said = f"the nearest kinds of {found.negatives} real negatives of {found.batches} batches"
    return replace(plan, mix=found.mix, mix_said=said)


def _check_folder(path: Path | None) -> None:
    """Raise UsageFault `out_folder` where a file is named in a folder that is not there."""
    if path is not None and not path.parent.is_dir():
        raise UsageFault(
            "out_folder",
            "the folder to write to does not exist",
            place=path.name,
            cure="Make the folder, or name a file in another one.",
        )


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise StoreFault(
            "out_unwritable",
            f"the file cannot be written ({type(fault).__name__})",
            place=path.name,
            cure="Name a file in a folder that exists. With --resume nothing is asked again.",
        ) from None
