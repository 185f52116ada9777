"""bfloat16 or float32: whichever this CPU multiplies faster, measured once and remembered.

On a CPU with AMX or AVX512-BF16, bfloat16 doubles the speed; elsewhere it is emulated and several
times slower. The flags of a CPU do not tell which (virtual machines hide or fake them), a probe does.
"""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.models.folders import make_cache

if TYPE_CHECKING:
    import torch

_MARGIN = 1.2  # bfloat16 costs precision, so it has to be clearly faster


def fastest_dtype(cache: Path) -> torch.dtype:
    """``torch.bfloat16`` or ``torch.float32``; the probe takes about 0.1 s and its result is kept in ``cache``."""
    import torch

    if torch.cuda.is_available():
        return torch.bfloat16
    machine = f"{_cpu_name()} torch {torch.__version__} threads {torch.get_num_threads()}"
    memo = cache / "dtype.json"
    known = _read(memo)
    if machine not in known:
        seconds = {name: _probe(getattr(torch, name)) for name in ("float32", "bfloat16")}
        faster = seconds["float32"] > _MARGIN * seconds["bfloat16"]
        known[machine] = "bfloat16" if faster else "float32"
        make_cache(cache)
        memo.write_text(json.dumps(known, indent=2), encoding="utf-8")
    dtype: torch.dtype = getattr(torch, known[machine])
    return dtype


def _probe(dtype: torch.dtype) -> float:
    """Seconds for the feed-forward matrices of one layer over 1,024 tokens; the best of five."""
    import torch

    tokens = torch.randn(1024, 384).to(dtype)
    up, down = torch.nn.Linear(384, 1536).to(dtype), torch.nn.Linear(1536, 384).to(dtype)
    times = []
    with torch.inference_mode():
        for _ in range(6):
            start = time.perf_counter()
            down(torch.nn.functional.gelu(up(tokens)))
            times.append(time.perf_counter() - start)
    return min(times[1:])


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _read(memo: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(memo.read_text("utf-8"))
        return known
    except (OSError, ValueError):
        return {}
