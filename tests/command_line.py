"""``secondlook`` in this process: the real command line on real models, without ten seconds of imports each time.

What only a process has (signals, limits, a served page) is tested with one.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from chatbot.cli import main


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    stdout: str
    stderr: str


def secondlook_here(*arguments: object) -> Ended:
    """Run ``secondlook ARGUMENTS`` to its end."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["secondlook", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())
