"""Lock files with hashes: ``make lock``.

pyproject.toml + constraints.txt -> uv -> requirements/run.txt, dev.txt, build.txt, tools.txt

They hold every package of every platform, with the hash of each of its files; no address of an index, and no path.
torch is not among them: its build for processors is another file than the one of the same version for graphics cards,
and the lock would bring 3 GB of libraries for those. ``requirements/torch.txt`` is kept by hand.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
PYTHON = "3.11"  # the oldest; markers say what later ones need
LEFT_OUT = re.compile(r"torch|triton|(?:nvidia|cuda)-.*")
_HEAD = """# Made by: make lock. Every package that {what} needs, with the hashes of its files.
# torch is in torch.txt.
"""
_SETS: dict[str, tuple[str, Sequence[str]]] = {
    "run": ("the program", ("pyproject.toml",)),
    "dev": ("the program with all extras, its tests and checks", ("pyproject.toml", "--extra", "dev")),
    "build": ("the installation of the program itself", ("requirements/build.in",)),
    "tools": ("make lock, make sbom and make audit", ("requirements/tools.in",)),
}


def main() -> None:
    for name, (what, sources) in _SETS.items():
        packages = list(locked(sources))
        (LOCKS / f"{name}.txt").write_text(_HEAD.format(what=what) + "".join(packages), "utf-8")
        print(f"requirements/{name}.txt: {len(packages)} packages")


def locked(sources: Sequence[str]) -> Iterator[str]:
    """The lines of each package, with its hashes, but for those that come with torch."""
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "compile", *sources, "-c", "constraints.txt",
        "--universal", "--python-version", PYTHON, "--generate-hashes", "--no-header", "--no-annotate", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    for package in re.split(r"(?m)^(?=\S)", done.stdout):
        if package.strip() and not LEFT_OUT.fullmatch(package.partition("==")[0]):
            yield package


if __name__ == "__main__":
    main()
