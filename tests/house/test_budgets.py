"""Small on purpose: the size budget of files and functions."""

from __future__ import annotations

from tests.house.tree import SOURCE, functions, imports, line_count, modules, python_files


def _share_under(values: list[int], limit: int) -> float:
    return sum(value < limit for value in values) / len(values)


def test_files_are_short() -> None:
    lines = [line_count(path) for path in python_files(SOURCE)]
    assert _share_under(lines, 300) >= 0.90


def test_no_file_is_over_500_lines() -> None:
    assert [path.name for path in python_files(SOURCE) if line_count(path) > 500] == []


def test_functions_are_short() -> None:
    lines = [function.lines for path in python_files(SOURCE) for function in functions(path)]
    assert _share_under(lines, 35) >= 0.90


def test_no_function_is_over_70_lines() -> None:
    found = [function for path in python_files(SOURCE) for function in functions(path)]
    assert [f"{f.file.name}:{f.name}" for f in found if f.lines > 70] == []


def test_no_module_imports_itself_through_others() -> None:
    known = modules()
    graph = {
        name: sorted(
            {
                target
                for raw in imports(path)
                if (target := _module(raw, set(known))) and target != name
            }
        )
        for name, path in known.items()
    }
    # A package's own __init__ re-exports its files; a file that imports its package back would be a
    # cycle.
    assert _cycles(graph) == []


def _module(raw: str, known: set[str]) -> str | None:
    return (
        raw if raw in known else raw.rpartition(".")[0] if raw.rpartition(".")[0] in known else None
    )


def _cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append(path[path.index(name) :])
            return
        if name in done:
            return
        for target in graph[name]:
            visit(target, [*path, name])
        done.add(name)

    for name in graph:
        visit(name, [])
    return found
