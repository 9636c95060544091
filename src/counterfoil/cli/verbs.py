"""How a verb is put into the command line: its help leads with examples, then says what it does."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, Final

import typer
from typer.core import TyperGroup

Verb = Callable[..., Any]
_WIDTH: Final = 76
"""Columns of an example: a help page has 80, and indents it by four."""
_NEXT: Final = re.compile(r" (?=--?[a-z]|[<>] )")
"""Where a command may go on in the next line: before an option, or where its output goes."""
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class GroupedVerbs(TyperGroup):
    """Verbs whose help lists them by who uses them, in the order in which they were put in."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each who; those of nobody stand under `Commands`."""
        by_who: dict[str, list[tuple[str, str]]] = {}
        width = formatter.width - 6 - max(map(len, self.commands), default=0)
        for name, command in self.commands.items():
            who = getattr(command, "rich_help_panel", None)
            section = who if isinstance(who, str) else "Commands"
            by_who.setdefault(section, []).append((name, command.get_short_help_str(width)))
        for section, rows in by_who.items():
            with formatter.section(section):
                formatter.write_dl(rows)


def group(
    summary: str,
    *examples: str,
    after: str = "",
    program: str = "counterfoil",
    completion: bool = False,
) -> typer.Typer:
    """A group of verbs, plain text, whose help leads with examples. `completion`: whether it
    installs completion for a shell, as the whole program does."""
    return typer.Typer(
        cls=GroupedVerbs,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={**_HELP},
        help=_help(summary, examples, program),
        short_help=summary,
        epilog=after or None,
    )


def add_verb(
    app: typer.Typer,
    function: Verb,
    *examples: str,
    name: str = "",
    program: str = "counterfoil",
    who: str = "",
    after: str = "",
) -> None:
    """Put `function` into `app` under its own name, underscores as hyphens, or `name`. `who`: whose
    verb it is; `after`: what stands at the end of its help, as the values that an option takes."""
    summary = inspect.cleandoc(function.__doc__ or "")
    named = name or function.__name__.replace("_", "-")
    told = _help(summary, examples, program)
    app.command(
        named, help=told, short_help=summary, rich_help_panel=who or None, epilog=after or None
    )(function)


def values(title: str, said: Mapping[Any, str]) -> str:
    """The end of a help page that lists what an option takes: each value, and what it says."""
    width = max(map(len, said)) + 2
    lines = [
        textwrap.fill(
            words,
            _WIDTH,
            initial_indent=f"  {value:<{width}}",
            subsequent_indent=" " * (width + 2),
            break_on_hyphens=False,
        )
        for value, words in said.items()
    ]
    return "\n".join(["\b", f"{title}:", *lines])


def _help(summary: str, examples: tuple[str, ...], program: str) -> str:
    """The mark \\b keeps the lines of a paragraph as they are."""
    lines = "".join(f"\n  {_folded(f'{program} {example}')}" for example in examples)
    return (
        f"\b\nExample:{lines}\n\n{summary}"
        if len(examples) == 1
        else f"\b\nExamples:{lines}\n\n{summary}"
    )


def _folded(command: str) -> str:
    """A command in lines that a screen of 80 columns shows whole, and that a shell takes as one."""
    lines = [""]
    for part in _NEXT.split(command):
        joined = f"{lines[-1]} {part}" if lines[-1] else part
        if lines[-1] and len(joined) > _WIDTH - 2:
            lines.append(f"    {part}")
        else:
            lines[-1] = joined
    return " \\\n  ".join(lines)
