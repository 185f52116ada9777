"""``secondlook``: the command line. The one place that turns a ``ChatbotError`` into text and an exit code.

Exit codes: 0 done (a refusal to answer is an answer) · 1 an error, one sentence on stderr · 2 wrong usage
· 130 interrupted. Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

from chatbot.cli import commands, tools  # noqa: F401 - registers the commands
from chatbot.cli.shared import app, fail
from chatbot.errors import ChatbotError


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except ChatbotError as error:
        fail(error, as_json="--json" in sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
