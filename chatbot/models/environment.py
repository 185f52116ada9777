"""What a child process is told of this one's environment: never a key."""

from __future__ import annotations

import os
import re

# to run Python and a numerical library, and to say where files are
_NEEDED = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "SYSTEMROOT", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    "PYTHONPATH", "PYTHONHASHSEED", "VIRTUAL_ENV",
)  # fmt: skip
_NEEDED_BEGIN = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "GGML_", "KMP_", "CUDA_")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|COOKIE|CUSTOM_HEADERS", re.IGNORECASE)


def bare() -> dict[str, str]:
    """For a program that reads what others wrote: where programs, files and libraries are, the language, threads."""
    return {
        name: value
        for name, value in os.environ.items()
        if (name in _NEEDED or name.startswith(_NEEDED_BEGIN)) and not _SECRET.search(name)
    }


def without_secrets() -> dict[str, str]:
    """For a program of ours that needs settings, a proxy say: all but what is called a key, a token or the like."""
    return {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
