"""Every benchmark finds what it needs in the product: a name that moves breaks here and not on the day it is run."""

from __future__ import annotations

import importlib

import pytest

from paths import ROOT

MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in (ROOT / "benchmarks").rglob("*.py")
    if not file.name.startswith("__")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_can_be_imported(module: str) -> None:
    assert importlib.import_module(module).__doc__
