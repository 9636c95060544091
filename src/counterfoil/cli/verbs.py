"""How a verb is put into the command line: its help leads with examples, then says what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import typer

Verb = Callable[..., Any]
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def group(
    summary: str, *examples: str, after: str = "", program: str = "counterfoil"
) -> typer.Typer:
    """A group of verbs, plain text, whose help leads with examples."""
    return typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={**_HELP},
        help=_help(summary, examples, program),
        short_help=summary,
        epilog=after or None,
    )


def add_verb(
    app: typer.Typer, function: Verb, *examples: str, name: str = "", program: str = "counterfoil"
) -> None:
    """Put `function` into `app` under its own name, underscores as hyphens, or `name`."""
    summary = inspect.cleandoc(function.__doc__ or "")
    named = name or function.__name__.replace("_", "-")
    app.command(named, help=_help(summary, examples, program), short_help=summary)(function)


def _help(summary: str, examples: tuple[str, ...], program: str) -> str:
    """The mark \\b keeps the lines of a paragraph as they are."""
    lines = "".join(f"\n  {program} {example}" for example in examples)
    return (
        f"\b\nExample:{lines}\n\n{summary}"
        if len(examples) == 1
        else f"\b\nExamples:{lines}\n\n{summary}"
    )
