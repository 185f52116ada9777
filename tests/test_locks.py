"""The lock files: they fit pyproject.toml and constraints.txt, every file has its hash, and nothing names a machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from paths import ROOT

LOCKS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OWN = canonicalize_name(PROJECT["name"])
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
STALE = "run: make lock"


def _locked(name: str) -> dict[str, list[Requirement]]:
    """Package -> its pins; two where later versions of Python need another."""
    found: dict[str, list[Requirement]] = {}
    for line in (LOCKS / f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line.removesuffix("\\").strip())
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def _asked(extra: str | None) -> list[Requirement]:
    """What pyproject.toml asks for, the extras that an extra names included."""
    named = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    result: list[Requirement] = []
    for requirement in map(Requirement, named):
        if canonicalize_name(requirement.name) == OWN:
            result += [inner for name in sorted(requirement.extras) for inner in _asked(name)]
        else:
            result.append(requirement)
    return result


@pytest.mark.parametrize(("lock", "extras"), [("run", [None]), ("dev", [None, "dev"])])
def test_a_lock_has_what_pyproject_asks_for(lock: str, extras: list[str | None]) -> None:
    locked = _locked(lock) | _locked("torch")
    missing = [
        str(asked)
        for extra in extras
        for asked in _asked(extra)
        if not any(
            asked.specifier.contains(Version(str(pin.specifier).removeprefix("==")), prereleases=True)
            for pin in locked.get(canonicalize_name(asked.name), [])
        )
    ]
    assert missing == [], STALE


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_a_lock_has_the_versions_that_are_tested(lock: str) -> None:
    tested = {
        canonicalize_name(pin.name): str(pin.specifier)
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
        for pin in [Requirement(line)]
    }
    others = {
        name: [str(pin.specifier) for pin in pins]
        for name, pins in _locked(lock).items()
        if name in tested and tested[name] not in [str(pin.specifier) for pin in pins]
    }
    assert others == {}, STALE


def test_the_tests_have_what_the_program_has() -> None:
    run, dev = _locked("run"), _locked("dev")
    assert {name: pins for name, pins in run.items() if dev.get(name) != pins} == {}, STALE


def test_what_installs_the_program_is_locked() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        asked = map(Requirement, tomllib.load(file)["build-system"]["requires"])
    assert {canonicalize_name(requirement.name) for requirement in asked} <= _locked("build").keys()


@pytest.mark.parametrize("file", sorted(LOCKS.glob("*.txt")), ids=lambda file: file.name)
def test_every_package_has_hashes_and_no_place(file: Path) -> None:
    text = file.read_text("utf-8")
    for package in re.split(r"(?m)^(?=[a-zA-Z0-9])", text)[1:]:
        assert HASH.search(package), package.splitlines()[0]
    for line in text.splitlines():
        if not line.startswith("#"):
            assert "/" not in line
            assert " @ " not in line
            assert not line.startswith("-")


def test_the_locks_bring_no_libraries_for_graphics_cards() -> None:
    for lock in ("run", "dev"):
        assert not [name for name in _locked(lock) if re.match(r"torch$|triton|nvidia-|cuda-", name)]
