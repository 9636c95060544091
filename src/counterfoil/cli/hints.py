"""Commands inside messages: what is printed between backticks can be run as it is printed.

A message of a lower room names a command and what it is about: `counterfoil review BATCH`. Whoever
typed the command that it answers named an office, perhaps a key and a batch. So here each command
in a message is completed: with --office and --officer as they were typed, where the command takes
them and does not state them, with the batch in the place of BATCH, and with the other officer's key
in the place of KEY after --second. What came from the environment, or from the working directory,
is found there again and is not repeated.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

HINT: Final = re.compile(r"`(counterfoil(?:-ask)? [^`]+)`")
_BATCH: Final = re.compile(r"b-[0-9a-f]{16}")
_REPEATED: Final = ("--office", "--officer")
_ASK: Final = ("--key", "--office-file")
_SECOND: Final = "--second"
_complete: list[Callable[[str], str]] = [lambda text: text]


def completed(text: str) -> str:
    """The text, each command in it as it can be run now."""
    return HINT.sub(lambda found: f"`{_complete[0](found[1])}`", text)


@contextmanager
def completing(
    tree: Callable[[], Any], arguments: Sequence[str], program: str = "counterfoil"
) -> Generator[None]:
    """While this lasts, complete commands of a program from these arguments. `tree` gives its
    verbs, and is called only where a command is printed."""
    given = _given(arguments)

    def complete(command: str) -> str:
        found = command.replace("BATCH", given.get("BATCH", "BATCH"))
        if _SECOND in given:
            found = found.replace(f"{_SECOND} KEY", f"{_SECOND} {shlex.quote(given[_SECOND])}")
        name, words = found.partition(" ")[0], _words(found)
        if name != program or "--help" in words:
            return found
        node = verb_of(tree(), words[1:])
        takes = {option for parameter in node.params for option in parameter.opts}
        added = [
            f" {option} {shlex.quote(given[option])}"
            for option in (*_REPEATED, *_ASK)
            if option in given and option in takes and option not in words
        ]
        return found + "".join(added)

    before, _complete[0] = _complete[0], complete
    try:
        yield
    finally:
        _complete[0] = before


def verb_of(node: Any, words: Sequence[str]) -> Any:
    """The verb, or the group of verbs, that these words lead to."""
    for word in words:
        if not hasattr(node, "commands") or word not in node.commands:
            break
        node = node.commands[word]
    return node


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _given(arguments: Sequence[str]) -> Mapping[str, str]:
    """What was typed that a next command needs too, by its option."""
    found: dict[str, str] = {}
    for place, word in enumerate(arguments):
        option, equals, value = word.partition("=")
        if option in (*_REPEATED, *_ASK, _SECOND):
            follows = arguments[place + 1] if place + 1 < len(arguments) else ""
            found.setdefault(option, value if equals else follows)
        elif _BATCH.fullmatch(word):
            found.setdefault("BATCH", word)
    return {name: value for name, value in found.items() if value}
