"""The server as a process: ``python -m chatbot.ui.server --port 8501 -- --store DIR``. ``secondlook app`` starts it."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from chatbot.errors import ChatbotError
from chatbot.ui.server import MIDDLEWARE, PAGE, prepare, start_telemetry
from chatbot.ui.server.options import streamlit_options
from chatbot.ui.server.sharing import check_bound


def main() -> None:
    given = _arguments()
    prepare()
    try:
        check_bound(given.address, given.anyone_may_read)
        start_telemetry(given.rest)
    except ChatbotError as error:
        sys.exit(f"error: {error}")
    sys.argv = [str(launcher()), *given.rest]
    app = _with_programs(given.rest) if given.api else st.App(PAGE, middleware=MIDDLEWARE)
    with suppress(KeyboardInterrupt):  # Ctrl-C: the server has ended in order by then
        app.run(config=streamlit_options(given.address, given.port, given.names, given.base_path))


def _with_programs(arguments: list[str]) -> st.App:
    """The page, and the interface for programs in the same process."""
    from chatbot.ui.server.programs import ForPrograms, Programs

    programs = Programs(arguments)
    first = Middleware(ForPrograms, programs=programs)
    return st.App(PAGE, middleware=[first, *MIDDLEWARE], lifespan=programs.lifespan)


def launcher() -> Path:
    """The script beside which ``.streamlit`` lies, with the page's colours: in the wheel's package, or in the checkout."""
    is_installed = PAGE.with_name(".streamlit").is_dir()
    return PAGE if is_installed else PAGE.parents[3] / "streamlit_app.py"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("chatbot.ui.server", allow_abbrev=False)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", dest="names", action="append", default=[])
    parser.add_argument("--anyone-may-read", action="store_true")
    parser.add_argument("--base-path", default="")
    parser.add_argument("--api", action="store_true")
    parser.add_argument("rest", nargs="*", help="after --: arguments of the page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
