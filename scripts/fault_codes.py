"""Every error code that the source raises, read from the source without running it.

A code is the first argument of an error class, as text; or of a function that hands its `code` on
to one. Other arguments are read where they are text, a constant of the source or an f-string, whose
filled-in parts become `...`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from counterfoil.core import errors

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_BY_HAND = {"usage": 2, "internal": 1, "interrupted": 1}
"""Codes that the command line tells for what is no error of the tree, with their exit codes."""


class Fault(NamedTuple):
    """One code as one place raises it."""

    code: str
    kind: str
    exit_code: int
    message: str
    cure: str


class _Helper(NamedTuple):
    """A function that makes an error of the `code` it is given. `known`: the constants of its
    module."""

    kind: str
    parameters: list[str]
    call: ast.Call
    known: dict[str, str]


class _Scope(NamedTuple):
    """What a module's calls can mean: its constants, and the helpers that it makes or imports, by
    name."""

    constants: dict[str, str]
    helpers: dict[str, _Helper]


@cache
def read_faults(source: Path) -> list[Fault]:
    """Every fault under the package `source`, sorted, each once."""
    trees = {
        _module(path, source): ast.parse(path.read_text(encoding="utf-8"))
        for path in source.rglob("*.py")
    }
    scopes = {name: _own_scope(tree) for name, tree in trees.items()}
    return sorted({fault for tree, own in _pairs(trees, scopes) for fault in _faults(tree, own)})


def _module(path: Path, source: Path) -> str:
    parts = (source.name, *path.relative_to(source).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _own_scope(tree: ast.Module) -> _Scope:
    constants = dict(_constants(tree))
    return _Scope(constants, dict(_helpers(tree, constants)))


def _pairs(
    trees: dict[str, ast.Module], scopes: dict[str, _Scope]
) -> Iterator[tuple[ast.Module, _Scope]]:
    """Each module with its scope, what it imports from others included."""
    for name, tree in trees.items():
        constants, helpers = dict(scopes[name].constants), dict(scopes[name].helpers)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in scopes:
                lender, names = scopes[node.module], {each.name for each in node.names}
                constants |= {
                    known: text for known, text in lender.constants.items() if known in names
                }
                helpers |= {known: made for known, made in lender.helpers.items() if known in names}
        yield tree, _Scope(constants, helpers | dict(_helpers(tree, constants)))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from (
                (target.id, value.value) for target in targets if isinstance(target, ast.Name)
            )


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _helpers(tree: ast.Module, known: dict[str, str]) -> Iterator[tuple[str, _Helper]]:
    for function in _functions(tree):
        parameters = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
        for call in _calls(function):
            first = call.args[0] if call.args and _name(call).endswith("Fault") else None
            if isinstance(first, ast.Name) and first.id in parameters:
                yield (
                    function.name,
                    _Helper(_name(call), parameters, call, known | _defaults(function, known)),
                )


def _defaults(function: _Function, known: dict[str, str]) -> dict[str, str]:
    """The texts that parameters have where a call gives none."""
    places, values = function.args.args, function.args.defaults
    pairs = [*zip(places[len(places) - len(values) :], values, strict=True)]
    pairs += [
        (place, value)
        for place, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if value
    ]
    return {place.arg: text for place, value in pairs if (text := _text(value, known))}


def _functions(tree: ast.Module) -> Iterator[_Function]:
    return (node for node in ast.walk(tree) if isinstance(node, _Function))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _faults(tree: ast.Module, scope: _Scope) -> Iterator[Fault]:
    for function in _functions(tree):
        for call in _calls(function):
            name = _name(call)
            if not (name.endswith("Fault") or name == "fail" or name in scope.helpers):
                continue
            yield from _from_call(
                call,
                scope.constants | _locals(function, call.lineno, scope.constants),
                scope.helpers,
            )


def _locals(function: ast.AST, line: int, constants: dict[str, str]) -> dict[str, str]:
    """Texts that a function has given a name above the line."""
    found: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and node.lineno < line:
            pairs = [(node.targets[0], node.value)]
            if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(node.targets[0].elts, node.value.elts, strict=False))
            for target, value in pairs:
                if isinstance(target, ast.Name) and (text := _text(value, constants | found)):
                    found[target.id] = text
    return found


def _from_call(
    call: ast.Call, known: dict[str, str], helpers: dict[str, _Helper]
) -> Iterator[Fault]:
    name, keywords = _name(call), {each.arg: each.value for each in call.keywords}
    if name.endswith("Fault") and hasattr(errors, name):
        code = _text(call.args[0], known) if call.args else ""
        message, cure = _at(call.args, 1, known), _text(keywords.get("cure"), known)
        if _CODE.fullmatch(code):
            yield Fault(code, name, getattr(errors, name).exit_code, message, cure)
    elif name == "fail" and (code := _at(call.args, 0, known)) in _BY_HAND:
        yield Fault(code, "-", _BY_HAND[code], _at(call.args, 1, known), _at(call.args, 3, known))
    elif name in helpers:
        helper = helpers[name]
        given = dict(zip(helper.parameters, call.args, strict=False)) | keywords
        filled = helper.known | {
            key: _text(value, known) for key, value in given.items() if isinstance(key, str)
        }
        inner = {each.arg: each.value for each in helper.call.keywords}
        if _CODE.fullmatch(code := _text(helper.call.args[0], filled)):
            message = _at(helper.call.args, 1, filled)
            kind = helper.kind
            yield Fault(
                code,
                kind,
                getattr(errors, kind).exit_code,
                message,
                _text(inner.get("cure"), filled),
            )


def _at(arguments: list[ast.expr], index: int, known: dict[str, str]) -> str:
    return _text(arguments[index], known) if index < len(arguments) else ""


def _text(node: ast.expr | None, known: dict[str, str]) -> str:
    """The text of an expression; `...` where a part is filled in at run time, "" where nothing of
    it is known."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.JoinedStr):
        parts = (
            each.value if isinstance(each, ast.FormattedValue) else each for each in node.values
        )
        return "".join(_text(part, known) or "..." for part in parts)
    if isinstance(node, ast.BinOp):
        return (_text(node.left, known) or "...") + (_text(node.right, known) or "...")
    return ""
