"""docs/measurements/accuracy.md and accuracy.csv, from the trials."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from bench.accuracy.curves import WRONG, Recall, recall_at
from bench.accuracy.environment import PINS
from bench.accuracy.explained import CURVE, HEAD, KINDS, NAMESAKES, WRONG_HEAD
from bench.accuracy.trial import AT_HOME, HOUSE, PEER, Trial, peer_at

_EVERY = (HOUSE, AT_HOME, PEER)


def write_page(folder: Path, year: int, trials: Sequence[Trial]) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    found = re.search(r"^splink==(\S+)", PINS.read_text(encoding="ascii"), re.MULTILINE)
    seeds = ", ".join(str(trial.seed) for trial in trials if not trial.born)
    said = HEAD.format(year=year, before=year - 1, seeds=seeds, splink=found[1] if found else "")
    (folder / "accuracy.md").write_text("\n".join([said, *_body(trials)]) + "\n", encoding="utf-8")
    with (folder / "accuracy.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("seed", "dates_of_birth", "system", "wrong", "recall_of_all", "recall_of_full")
        )
        writer.writerows(_csv_rows(trials))


def curve_lines(trials: Sequence[Trial]) -> list[str]:
    """Both curves side by side, as a table: mean recall over the trials."""
    cells = [
        (
            str(wrong),
            *(f"{share:.3f}" for name in _EVERY for share in _mean_at(trials, name, wrong)),
        )
        for wrong in WRONG
    ]
    return _table(
        (
            f"wrong of {trials[0].false:,}",
            *(head for name in _EVERY for head in (f"{name}, all", "full")),
        ),
        cells,
    )


def _body(trials: Sequence[Trial]) -> Iterator[str]:
    for born in (False, True):
        chosen = [trial for trial in trials if trial.born is born]
        if chosen:
            yield f"## {'With' if born else 'Without'} dates of birth\n"
            yield "As shipped, and the peers at the same number of wrong confirmations:\n"
            yield from _seed_lines(chosen)
            yield (
                "\nThe curves, mean over the seeds (recall with at most k wrong confirmations):\n"
            )
            yield from curve_lines(chosen)
            yield CURVE if born else NAMESAKES
    yield "## Every kind of miss\n\nTrue questions that were not confirmed, mean count a task.\n"
    yield from _miss_lines(trials)
    yield WRONG_HEAD
    yield from _wrong_lines(trials)


def _seed_lines(trials: Sequence[Trial]) -> list[str]:
    cells: list[tuple[str, ...]] = []
    for trial in trials:
        peers = [peer_at(trial, name, trial.wrong) for name in _EVERY[1:]]
        shares = (
            trial.at_threshold.of_all,
            trial.at_threshold.of_full,
            trial.reach.of_all,
            trial.reach.of_full,
        )
        cells.append(
            (
                str(trial.seed),
                f"{trial.true:,}",
                f"{trial.full:,}",
                f"{trial.false:,}",
                str(trial.wrong),
                *(
                    f"{share:.3f}"
                    for share in (*shares, *(each for peer in peers for each in peer))
                ),
            )
        )
    return _table(
        (
            "seed",
            "true",
            "full",
            "false",
            "wrong",
            "recall",
            "of full",
            "in reach",
            "of full",
            *(head for name in _EVERY[1:] for head in (name, "of full")),
        ),
        cells,
    )


def _miss_lines(trials: Sequence[Trial]) -> list[str]:
    kinds = sorted(
        {kind for trial in trials for kind in trial.missed},
        key=lambda kind: (kind.split(":")[0], kind),
    )
    cells = [
        (kind, *(_mean_count(trials, kind, born) for born in (False, True)), _meaning(kind))
        for kind in kinds
    ]
    cells.append(("all", *(_mean_count(trials, "", born) for born in (False, True)), ""))
    return _table(("kind", "without DOB", "with DOB", "what it is"), cells)


def _wrong_lines(trials: Sequence[Trial]) -> list[str]:
    told = Counter((trial.born, words) for trial in trials for words in trial.wrongly)
    seeds = {
        key: [str(t.seed) for t in trials if t.born is key[0] and key[1] in t.wrongly]
        for key in told
    }
    cells = [
        ("with" if born else "without", ", ".join(seeds[born, words]), words)
        for born, words in sorted(told)
    ]
    return (
        _table(("dates of birth", "seeds", "evidence that agreed"), cells) if cells else ["None."]
    )


def _meaning(kind: str) -> str:
    return next((said for begins, said in KINDS.items() if kind.startswith(begins)), "")


def _mean_count(trials: Sequence[Trial], kind: str, born: bool) -> str:
    """Mean count of a kind of miss; of all kinds for ""."""
    counts = [
        trial.missed[kind] if kind else trial.missed.total()
        for trial in trials
        if trial.born is born
    ]
    return f"{mean(counts):.1f}" if counts else ""


def _mean_at(trials: Sequence[Trial], name: str, wrong: int) -> Recall:
    found = [recall_at(trial.curves[name], wrong) for trial in trials]
    return Recall(mean(each.of_all for each in found), mean(each.of_full for each in found))


def _csv_rows(trials: Sequence[Trial]) -> Iterator[tuple[object, ...]]:
    for trial in trials:
        for name in _EVERY:
            for wrong in range(max(WRONG) + 1):
                found = recall_at(trial.curves[name], wrong)
                yield (
                    trial.seed,
                    "yes" if trial.born else "no",
                    name,
                    wrong,
                    f"{found.of_all:.4f}",
                    f"{found.of_full:.4f}",
                )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
