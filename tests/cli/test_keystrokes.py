"""What an officer types for one batch is counted from the guide's own commands, and the page says
what was counted."""

from __future__ import annotations

import re
import shlex
from typing import Any

from typer.main import get_command

from counterfoil.cli.app import app
from counterfoil.cli.hints import verb_of
from tests.house.tree import ROOT

FOUND_IN_THE_ENVIRONMENT = {"--office", "--officer"}


def test_the_page_says_what_is_counted_from_the_guide() -> None:
    guide = (ROOT / "docs" / "guides" / "officer.md").read_text(encoding="utf-8")
    section = guide.split("## Through a service")[1].split("\n## ")[0]
    lines = re.findall(r"^    counterfoil (.+)$", section, re.MULTILINE)
    commands = [shlex.split(line) for line in lines if not line.startswith("batch show")]
    flags = [word for words in commands for word in words if word.startswith("--")]
    left = [flag for flag in flags if flag not in FOUND_IN_THE_ENVIRONMENT]
    program: Any = get_command(app)
    keys = 0
    for words in commands:
        verb = verb_of(program, words)
        keys += "--officer" in {option for each in verb.params for option in each.opts}
    page = (ROOT / "docs" / "measurements" / "keystrokes.md").read_text(encoding="utf-8")
    assert f"as the guide writes it | {len(commands)} | {len(flags)} | {keys} |" in page
    assert f"set | {len(commands)} | {len(left)} | {keys} |" in page
    assert [words[0] for words in commands] == ["batch", "review", "release"]
