"""How Streamlit is set up: what the page relies on is said here, whatever a ``.streamlit`` folder nearby says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatbot.config.addresses import LOOPBACK

MOST_OF_A_FILE_MB = 100
MOST_OF_A_MESSAGE_MB = 2  # from a browser: a question, and what the page's fields hold


def streamlit_options(address: str, port: int, names: Sequence[str], base_path: str = "") -> dict[str, Any]:
    """Options for ``st.App.run``.

    Args:
        names: hosts under which browsers ask for the page besides this machine's own.
        base_path: what every path begins with.
    """
    return {
        "server.address": address,
        "server.port": port,
        "server.baseUrlPath": base_path.strip("/"),
        "server.headless": True,
        "server.allowedHosts": [*LOOPBACK, *names],
        "server.corsAllowedOrigins": [],
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.trustedUserHeaders": {},  # who somebody is says the sign-in alone
        "server.enableAgentApi": False,
        "server.enableStaticServing": False,
        "server.scriptHealthCheckEnabled": False,
        "server.maxUploadSize": MOST_OF_A_FILE_MB,
        "server.maxWidgetStateSize": MOST_OF_A_MESSAGE_MB,
        "server.fileWatcherType": "none",
        "client.allowedOrigins": [],
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "browser.gatherUsageStats": False,
        "logger.hideWelcomeMessage": True,
        "runner.postScriptGC": False,
    }
