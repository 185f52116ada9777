"""Where the tests find what is not theirs; imported as ``paths`` (``pythonpath`` in pyproject.toml)."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
SHARED = ROOT.parent / "shared"  # real data beside the project; tests that need it skip without it
