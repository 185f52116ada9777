"""What a worker may read besides the files that it is given: Python, libraries, fonts and the recogniser's data.

Parsers load their libraries when the first file needs them, so all of these must be readable in the sandbox.
"""

from __future__ import annotations

import mimetypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import all_suffixes
from importlib.util import find_spec
from pathlib import Path

# NixOS and Guix keep every library in a folder of its own there
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64", "/nix/store", "/gnu/store")  # fmt: skip
# where PDFium looks for fonts that a file does not bring along
_FONTS = ("/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts")
_LANGUAGE_DATA = ("/usr/share/tesseract-ocr", "/usr/share/tesseract", "/usr/share/tessdata", "/usr/local/share/tessdata")  # fmt: skip
# of the C library, of OpenSSL, which Python's hashes come from, and of linear algebra: how many processors there are
_SYSTEM = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies",
    "/sys/devices/system/cpu",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/dev/null",
    "/dev/urandom",
)
_MODULES = {Path(f"x{suffix}").suffix for suffix in all_suffixes()}  # .py, .so


def readable_places() -> list[Path]:
    """Files and folders, some of which may not be there; never a whole home folder."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    chosen = [Path(os.path.realpath(place)) for place in _chosen()]
    return [place for place in chosen if not home.is_relative_to(place)] + list(map(Path, _everywhere()))


def _chosen() -> Iterator[str | Path]:
    """What this installation and its environment name."""
    find_spec("no_such_module")  # the folders of modules are listed now, while they can be
    for entry in map(Path, filter(None, sys.path)):
        if any(entry.is_relative_to(folder) for folder in _everywhere()):
            continue
        if entry.name in ("site-packages", "dist-packages"):
            yield entry
        else:
            yield from _modules(entry)  # beside them may lie anything, documents too
    yield from filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    yield from filter(None, [os.environ.get("TESSDATA_PREFIX")])


def _modules(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        for entry in folder.iterdir():
            if entry.suffix in _MODULES or (entry / "__init__.py").is_file():
                yield entry


def _everywhere() -> Iterator[str]:
    for prefix in {sys.base_prefix, sys.base_exec_prefix}:
        yield from (f"{prefix}/lib", f"{prefix}/lib64", f"{prefix}/ssl/openssl.cnf")
    yield from (*_LIBRARIES, *_FONTS, *_LANGUAGE_DATA, *_SYSTEM)
    yield from map(
        str, mimetypes.knownfiles
    )  # read by openpyxl; it fails where one is there and cannot be opened
