"""Wheels by hand: the parts of a model on an index that is a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path


def make_wheel(folder: Path, number: int, piece: bytes) -> Path:
    """``secondlook-tiny-partN`` with its piece, as small as a wheel can be."""
    package, name = f"secondlook_tiny_part{number}", f"secondlook_tiny_part{number}-1.0"
    wheel = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{package}/__init__.py", "")
        archive.writestr(f"{package}/data/part{number:02}.bin", piece)
        archive.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: secondlook-tiny-part{number}\nVersion: 1.0\n",
        )
        archive.writestr(
            f"{name}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{name}.dist-info/RECORD", "")
    return wheel
