"""Attacks on an office, run against a commit and against the working tree, into one table:
`python -m scripts.attacks [--subject NAME] [--commit REV] [--only NAME ...] [--out FILE]`.

Every attack by which a commit was broken is here with neighbors that nobody reported, and with
controls. What comes of each is `succeeded`, `stopped` by a code, or `broken` (attack.py).
The exit code is 1 where an attack succeeded against the working tree, was broken, or a control was
denied, and 2 where a tree could not be attacked at all.

    --subject NAME  of what: `gate` (the default), `law` or `writers`
    --commit REV    the other tree: a commit, checked out in a temporary folder. The default is the
                    commit at which the subject's attacks were reported.
    --only NAME     items (`gate-5`), attacks (`gate-5/reason-1`) or groups; else all. The page is
                    then not written unless --out names a file.
    --out FILE      the page; docs/measurements/attacks.md, or attacks-SUBJECT.md
    --keep FILE     what came of the other tree is kept here, beside what earlier runs kept
    --kept FILE     what earlier runs kept of the other tree, which is then not attacked again
    --tree          only the working tree: prints the outcomes, writes no page
    --first         only the other tree, as --tree
    --list          the attacks, and nothing is run
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from scripts.attacks import page, registry
from scripts.attacks.attack import Outcome
from scripts.attacks.runner import ROOT, Failed, Outcomes, checkout, commit_of, finish, start

OUT: Final = ROOT / "docs" / "measurements"
_PAGES: Final = {"gate": "attacks.md", "law": "attacks-law.md", "writers": "attacks-writers.md"}


def main() -> int:
    """Run what was asked for."""
    asked = _parser().parse_args()
    asked.all, asked.only = not asked.only, asked.only or [asked.subject]
    asked.commit = asked.commit or registry.SUBJECTS[asked.subject]
    chosen = registry.attacks(registry.groups(asked.only))
    if asked.list:
        sys.stdout.writelines(f"{each.id}: {each.what}\n" for each in chosen)
        return 0
    try:
        if asked.tree or asked.first:
            found = _one(asked)
            sys.stdout.writelines(f"{name}: {outcome}\n" for name, outcome in found.items())
        else:
            found = _both(asked)
    except Failed as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    failed = page.failures(chosen, found)
    sys.stderr.write("".join(f"{each}\n" for each in failed))
    return 1 if failed else 0


def _one(asked: argparse.Namespace) -> Outcomes:
    if asked.tree:
        return finish(start(ROOT, asked.only))
    with checkout(asked.commit) as tree:
        return _keep(asked.keep, commit_of(tree), finish(start(tree, asked.only)))


def _both(asked: argparse.Namespace) -> Outcomes:
    """Both trees at the same time, a process each; the outcomes of the working tree."""
    if asked.kept:
        name, first = _kept(asked.kept)
        last = finish(start(ROOT, asked.only))
    else:
        with checkout(asked.commit) as tree:
            running = [start(each, asked.only) for each in (tree, ROOT)]
            first, last = [finish(each) for each in running]
            name = commit_of(tree)
            _keep(asked.keep, name, first)
    names = (name, commit_of(ROOT))
    out = asked.out or (OUT / _PAGES[asked.subject] if asked.all else None)
    if out:
        chosen = registry.attacks(registry.groups(asked.only))
        about = registry.items([asked.subject])
        out.write_text(page.page(chosen, asked.subject, about, names, (first, last)), "utf-8")
    else:
        for name, outcome in last.items():
            sys.stdout.write(f"{name}: {first.get(name)} | {outcome}\n")
    return last


def _keep(path: Path | None, name: str, found: Outcomes) -> Outcomes:
    """Put outcomes of this commit into the file, beside those that are there."""
    if path is not None:
        kept = _kept(path) if path.is_file() else (name, {})
        if kept[0] != name:
            raise Failed(f"{path} is of the commit {kept[0]}")
        merged = {key: [each.verdict, each.detail] for key, each in (kept[1] | found).items()}
        said = {"commit": name, "outcomes": merged}
        path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return found


def _kept(path: Path) -> tuple[str, Outcomes]:
    """The commit, and its outcomes. Inverse of `_keep`."""
    said = json.loads(path.read_text(encoding="utf-8"))
    return said["commit"], {key: Outcome(*each) for key, each in said["outcomes"].items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Attack a commit and the working tree.")
    parser.add_argument("--subject", default="gate", choices=[*registry.SUBJECTS])
    parser.add_argument("--commit", default="", metavar="REV")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    for file in ("--out", "--keep", "--kept"):
        parser.add_argument(file, type=Path, default=None, metavar="FILE")
    for flag in ("--tree", "--first", "--list"):
        parser.add_argument(flag, action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
