"""The program as somebody else installs it: a wheel in an environment of its own, used from an empty folder.

What the wheel asks for is not installed anew: the environment also looks in that of the tests, which takes seconds and
not minutes. So it is not proved here that the wheel names all it needs; ``pip check`` says that what it names is there.
``make wheel-test FRESH=yes`` installs everything by the locks with hashes, and sees no other environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT

BUILD_S, COMMAND_S = 120, 240
FRESH = os.environ.get("FRESH") == "yes"
_LOCKS = ("torch", "run", "build")
_PASSED_ON = (
    "PATH",
    "LANG",
    "TMPDIR",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_CONFIG_FILE",
)


@dataclass(frozen=True, slots=True)
class Installed:
    """One installation. ``home``: the folder that stands for everything a person has; ``folder``: where they work."""

    environment: Path
    home: Path
    folder: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @property
    def variables(self) -> dict[str, str]:
        """Nothing that would lead to the checkout."""
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {**passed, "HOME": str(self.home), "HF_HUB_OFFLINE": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, *arguments: str) -> list[str]:
        return [str(self.environment / "bin" / "secondlook"), *arguments]

    def run(self, *command: str | Path) -> str:
        """The output of a command that ends well, started in the empty folder."""
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=self.variables,
            capture_output=True, text=True, timeout=COMMAND_S,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def secondlook(self, *arguments: str) -> str:
        return self.run(*self.command(*arguments))


def add_extras(installed: Installed) -> None:
    """Install what all extras ask for, by the lock of the tests: the only one that has them."""
    if not FRESH:
        return  # seen in the environment of the tests
    lock = str(ROOT / "requirements" / "dev.txt")
    pip = [str(installed.python), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--require-hashes", "--no-deps", "-r", lock], check=True)


def build(folder: Path) -> tuple[Path, Path]:
    """The source archive of the checkout, and the wheel that is made from that archive and from nothing else."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True, capture_output=True, timeout=BUILD_S,
    )  # fmt: skip
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return archive, wheel


def install(wheel: Path, folder: Path) -> Installed:
    """Install ``wheel``; in a fresh environment where that was asked for, else in one that sees this one's packages."""
    installed = Installed(folder / "environment", folder / "home", folder / "empty")
    installed.home.mkdir()
    installed.folder.mkdir()
    venv.create(installed.environment, symlinks=True, with_pip=FRESH)
    if FRESH:
        pip = [str(installed.python), "-m", "pip", "--disable-pip-version-check"]
        locks = [part for lock in _LOCKS for part in ("-r", str(ROOT / "requirements" / f"{lock}.txt"))]
        subprocess.run([*pip, "install", "-q", "--require-hashes", "--no-deps", *locks], check=True)
    else:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(installed.python)]
        (seen,) = installed.environment.glob("lib/python*/site-packages")
        # a path file that stands in this other environment is not followed from here: the checkout is not seen
        (seen / "packages_of_the_tests.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    subprocess.run(
        [*pip, "install", "-q", "--no-deps", "--ignore-installed", "--no-index", str(wheel)],
        check=True, capture_output=True, env=installed.variables, timeout=BUILD_S,
    )  # fmt: skip
    return installed
