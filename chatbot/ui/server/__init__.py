"""The server of the page: Streamlit's own application behind a guard, with its files made light.

request -> watched (metrics, where they are on) -> lingering (the rest of what is refused) -> guard (whose name, whose page, which path) -> uploads (who, how much) -> whole runs (a click beside a report) -> light (compressed files) -> shell (the page's HTML, with our styles) -> Streamlit -> headers -> browser
"""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware

from chatbot.api.lingering import Lingering
from chatbot.ui.server.guard import Guard
from chatbot.ui.server.light import Light
from chatbot.ui.server.secrets import keep_out_of_the_environment as prepare
from chatbot.ui.server.shell import Shell
from chatbot.ui.server.watched import Watched, start_telemetry
from chatbot.ui.server.whole_runs import WholeRuns

__all__ = ["MIDDLEWARE", "PAGE", "prepare", "start_telemetry"]

PAGE = Path(__file__).parent / "page.py"
MIDDLEWARE = [
    Middleware(Watched),
    Middleware(Lingering),
    Middleware(Guard),
    Middleware(WholeRuns),
    Middleware(Light),
    Middleware(Shell),
]
