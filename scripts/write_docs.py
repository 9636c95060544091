"""Write the pages that are made from the source and the law: `python -m scripts.write_docs`.

    docs/formats/codes.md            every error code (fault_codes.py), row rejects, `not_compared`
    docs/formats/refusal-codes.md    every code that a requester can see for `refused`, from law/
    docs/formats/law-cases.md        how many sentences of the law refuse and admit, by subject
                                     (law_subjects.py) and by element
    docs/operate/commands.md         every verb's help, from the command line itself
    docs/operate/actions.md          who may do what at an office (client/actions.py)

tests/house/test_docs.py fails where a page is not what this writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer.main

from counterfoil import gate
from counterfoil.certification.governing import NOT_CERTIFIED
from counterfoil.cli.app import app
from counterfoil.client.actions import ACTIONS, Action
from counterfoil.core.values import Role
from counterfoil.disclosure import deciding
from counterfoil.gate.cases import CaseResult, run_cases
from counterfoil.gate.law.statute import Element
from counterfoil.gate.library import routes_of
from counterfoil.intake.rejects import WORDS
from counterfoil.register.rows import CURES
from counterfoil.register.snapshot_age import SNAPSHOT_OLD
from scripts.fault_codes import read_faults
from scripts.law_subjects import SUBJECTS, Subject, own_name

ROOT = Path(__file__).parents[1]
_MADE = "<!-- Made by `python -m scripts.write_docs`; do not edit. -->"


def pages() -> dict[Path, str]:
    """Each page that is made, with what it must hold."""
    return {
        ROOT / "docs/formats/codes.md": codes_page(),
        ROOT / "docs/formats/refusal-codes.md": refusals_page(),
        ROOT / "docs/formats/law-cases.md": cases_page(),
        ROOT / "docs/operate/commands.md": commands_page(),
        ROOT / "docs/operate/actions.md": actions_page(),
    }


def actions_page() -> str:
    """Each action with its roles, and what it takes and gives."""
    head = ("action", "kind", *map(str, Role), "takes", "gives")
    rows = [_action_row(each) for each in ACTIONS.values()]
    return f"""# Who may do what

{_MADE}

What officers ask of an office through its door (`/v1/questions/ACTION`, `/v1/statements/ACTION`,
`/v1/acts/ACTION`) and by the command line. This is the whole table: what is not in it is refused,
and so is every role without a mark. `begins`: may put the question, or ask for the statement and
act; `signs`: signs the statement as well. The fields are those of the use case's own type, as JSON;
a file is `{{"name": "order.pdf", "content": "BASE64"}}` where the type has a path, and `signatures`
is left out.

{_table(head, rows)}
"""


def _action_row(action: Action) -> tuple[str, ...]:
    marks = (
        "begins" if action.permits(role) else "signs" if role in action.roles else ""
        for role in Role
    )
    return (
        f"`{action.name}`",
        action.kind if action.kind == "question" else f"act, {len(action.roles)} sign",
        *marks,
        _fields(action.takes),
        _fields(action.gives),
    )


def _fields(kind: Any) -> str:
    """A type as words: of a struct its fields, else its own name."""
    if kind is None:
        return "`null`"
    inner = getattr(kind, "__args__", (kind,))[0]
    many = "list of " if inner is not kind else ""
    names = getattr(inner, "__struct_fields__", None)
    if names is None:
        return many + getattr(inner, "__name__", str(inner))
    return many + ", ".join(f"`{name}`" for name in names if name != "signatures")


def cases_page() -> str:
    """Each element with its citation, and the sentences that refuse and admit by it."""
    library = ROOT / "law"
    by_element: dict[str, list[CaseResult]] = {}
    for result in run_cases(library, library / "cases"):
        by_element.setdefault(result.element, []).append(result)
    cited = {each.id: each for law in routes_of(library) for each in law.elements}
    rows = [_cases_row(element, by_element.get(name, [])) for name, element in cited.items()]
    subjects = [_subject_row(each, cited, by_element) for each in SUBJECTS]
    of_subject = ("subject", "citation", "refuse", "admit", "elements, or tests of what is none")
    head = ("element", "citation", "words", "refuse", "admit", "refused because", "admitted")
    return f"""# The sentences of the law

{_MADE}

What a question must meet is an element, and sentences of `law/cases` refuse and admit by it. What
the holder owes beside an answer is none: tests show it.

{_table(of_subject, subjects)}

Each element of the law: whether words of the law are quoted, how many sentences of `law/cases`
refuse and admit about it, and the first two of both. `counterfoil law explain ELEMENT` shows all
of them; [law-elements.md](law-elements.md) has the words of each element.

{_table(head, rows)}
"""


def _subject_row(
    subject: Subject, cited: dict[str, Element], by_element: dict[str, list[CaseResult]]
) -> tuple[str, ...]:
    """A subject with its elements and how many sentences refuse and admit by them, or its tests."""
    ids = [each for each in cited if own_name(each) in subject.elements]
    results = [result for each in ids for result in by_element.get(each, [])]
    if not ids:
        tests = "; ".join(f"`{test}`" for test in subject.tests)
        return subject.title, subject.citation, "", "", tests
    refuse = sum(bool(each.expected) for each in results)
    elements = ", ".join(f"`{each}`" for each in ids)
    return subject.title, subject.citation, str(refuse), str(len(results) - refuse), elements


def _cases_row(element: Element, results: list[CaseResult]) -> tuple[str, ...]:
    refuse = [each.because for each in results if each.expected]
    admit = [each.because for each in results if not each.expected]
    return (
        f"`{element.id}`",
        element.citation,
        "quoted" if element.quote else "none",
        str(len(refuse)),
        str(len(admit)),
        "; ".join(refuse[:2]),
        "; ".join(each.removeprefix("nothing is amiss; ") for each in admit[:2]),
    )


def codes_page() -> str:
    """Every code that a command can end with."""
    faults = [
        (f"`{each.code}`", each.kind, str(each.exit_code), each.message, each.cure)
        for each in read_faults(ROOT / "src" / "counterfoil")
    ]
    rejects = [
        (f"`{code}`", message.replace("{limit}", "..."), cure)
        for code, (message, cure) in sorted(WORDS.items())
    ]
    sealed = [(f"`{code}`", cure) for code, cure in sorted(CURES.items())]
    not_compared = [
        (
            f"`{NOT_CERTIFIED}`",
            "the agreement requires a certificate, and none covers what the question states",
        ),
        (
            f"`{SNAPSHOT_OLD}`",
            "the register's snapshot is older than the agreement lets it be, 5 USC 552a(e)(5)",
        ),
        (
            f"`{deciding.KEEPER_LIMIT}`",
            "the keeper had reached the agreement's openings for the day",
        ),
        (
            f"`{deciding.UNREADABLE}`",
            "the register, or one bucket among those that were needed, could not be read",
        ),
    ]
    return _page(
        "Codes",
        "Every error names a code, a place and a cure. Words may change, codes do not. `...` "
        "stands for what is filled in when "
        "it happens; never a value of a person's record. What a requester sees for a refused "
        "question is in "
        "[refusal-codes.md](refusal-codes.md).",
        "## Errors",
        "Exit codes: 0 done, 1 failed, 2 usage, 3 done with rejects, 4 refused by the gate, 5 "
        "something did not verify. The class is of "
        "`src/counterfoil/core/errors.py`; `-` is the command line itself.",
        _table(("code", "class", "exit", "what it says", "cure"), faults),
        "## Rows of a request file that are rejected",
        "The other rows go on; the command ends with 3.",
        _table(("code", "what it says", "cure"), rejects),
        "## Rows of a register source that are rejected",
        _table(("code", "cure"), sealed),
        "## `not_compared`",
        "Not a negative: nobody looked. Ask again.",
        _table(("code", "when"), not_compared),
    )


def refusals_page() -> str:
    """Every element of the law that comes with Counterfoil, by the code that the requester sees."""
    parts: list[str] = []
    for law in gate.load_law(ROOT / "law", "sandbox-routes").every_route:
        rows = {
            each.code: (f"`{each.code}`", each.citation, each.explanation, each.cure)
            for each in law.elements
        }
        parts += [
            f"## `{law.route.id}`: {law.route.title}",
            _table(("code", "citation", "why", "cure"), rows.values()),
        ]
    return _page(
        "Refusal codes",
        "An answer `refused` names the code of every element that the request did not meet, in "
        "the law's order. A refusal depends on "
        "the request, the agreement and the history of requests alone; the register was not "
        "opened. Correct what the cure says, "
        "and send a new file.",
        "By route, the legal way in that the file's header names. From the law files under "
        "`law/`, as they come with Counterfoil; "
        "an office's own law may hold others, or end one on a date.",
        *parts,
    )


def commands_page() -> str:
    """Every verb with its examples, arguments and options."""
    root: Any = typer.main.get_command(app)
    return _page(
        "Commands",
        "`counterfoil VERB --help` says the same. Data goes to stdout, words to stderr. With "
        "`--json` stdout holds one JSON object, "
        "also on failure.",
        "Exit codes: 0 done, 1 failed, 2 usage, 3 done with rejects, 4 refused by the gate, 5 "
        "something did not verify.",
        *(
            part
            for name, command in root.commands.items()
            for part in _command(f"counterfoil {name}", command)
        ),
    )


def _command(path: str, command: Any) -> Iterable[str]:
    if hasattr(command, "commands"):
        for name, each in command.commands.items():
            yield from _command(f"{path} {name}", each)
        return
    head, _, summary = command.help.partition("\n\n")
    examples = "\n".join(line.strip() for line in head.splitlines()[2:])
    yield f"## `{path}`"
    yield summary
    yield f"```sh\n{examples}\n```"
    yield _table(("", "", "what it is"), [_parameter(each) for each in command.params])


def _parameter(parameter: Any) -> tuple[str, str, str]:
    names = (
        parameter.metavar or parameter.name.upper()
        if not parameter.opts[0].startswith("-")
        else " ".join(parameter.opts)
    )
    return f"`{names}`", "required" if parameter.required else "", parameter.help or ""


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", _MADE, *parts]) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


def main() -> None:
    """Write every page that is not what it must be."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
