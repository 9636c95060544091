"""How a verb is put into the command line: its help leads with examples, then says what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

Verb = Callable[..., Any]
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
) -> None:
    """Put `function` into `app` under its own name, underscores as hyphens, or `name`. `who`: whose
    verb it is."""
    summary = inspect.cleandoc(function.__doc__ or "")
    named = name or function.__name__.replace("_", "-")
    told = _help(summary, examples, program)
    app.command(named, help=told, short_help=summary, rich_help_panel=who or None)(function)


def _help(summary: str, examples: tuple[str, ...], program: str) -> str:
    """The mark \\b keeps the lines of a paragraph as they are."""
    lines = "".join(f"\n  {program} {example}" for example in examples)
    return (
        f"\b\nExample:{lines}\n\n{summary}"
        if len(examples) == 1
        else f"\b\nExamples:{lines}\n\n{summary}"
    )
