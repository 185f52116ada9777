"""``secondlook``: the command line. The one place that turns a ``ChatbotError`` into text and an exit code.

Exit codes: 0 done (a refusal to answer is an answer) · 1 an error, one sentence on stderr · 2 wrong usage
· 130 interrupted. Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

import typer

from chatbot.cli import commands, evaluate, installation, library, storage, sweep  # noqa: F401 - registers the commands
from chatbot.cli.servers import api, mcp  # noqa: F401
from chatbot.cli.shared import app, fail, fail_usage
from chatbot.errors import ChatbotError


def main() -> None:
    """Entry point of the console script."""
    as_json = "--json" in sys.argv
    try:
        # Not standalone, so that wrong usage comes here too; the code of a typer.Exit is then the result.
        code = app(standalone_mode=False)
    except ChatbotError as error:
        fail(error, as_json)
    except typer.TyperException as error:
        fail_usage(error, as_json)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
