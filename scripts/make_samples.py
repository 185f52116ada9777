"""Makes the sample documents of ``data/`` that are not plain text.

python scripts/make_samples.py            writes the PDF and the DOCX
python scripts/make_samples.py --check    exits 1 when a file in data/ is not what the script makes
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import sample_handbook
import sample_manual

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLES: dict[str, Callable[[], bytes]] = {
    "employee-handbook.pdf": sample_handbook.build,
    "robot-vacuum-manual-ko.docx": sample_manual.build,
}


def same(made: bytes, found: bytes) -> bool:
    """Equal bytes; archives compare by their members, because zlib's output differs between builds of Python."""
    if not made.startswith(b"PK"):
        return made == found
    try:
        return _members(made) == _members(found)
    except BadZipFile:
        return False


def _members(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def main(arguments: list[str]) -> int:
    """Write or check every sample; the exit code is 1 when a check failed."""
    differing = 0
    for name, build in SAMPLES.items():
        path = DATA / name
        if "--check" not in arguments:
            path.write_bytes(build())
            print(f"wrote {path.name}")
        elif not path.exists() or not same(build(), path.read_bytes()):
            differing += 1
            print(f"{path.name} is not what the script makes; run: python scripts/make_samples.py")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
