"""The imports of the package, read once by grimp for the house tests."""

from __future__ import annotations

from functools import cache

import grimp
from scripts.house_figures import read_graph

from tests.house.tree import ROOT


@cache
def import_graph() -> grimp.ImportGraph:
    """The modules of the package and what each imports, for types too."""
    return read_graph(ROOT)
