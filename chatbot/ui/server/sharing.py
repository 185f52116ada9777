"""Whether other people than the owner of this machine may be looking at the page."""

from __future__ import annotations

from streamlit import config
from streamlit.runtime import Runtime

from chatbot.config.addresses import Names
from chatbot.errors import ConfigError
from chatbot.llms.needs import is_loopback
from chatbot.ui.sign_in import is_configured


def is_shared() -> bool:
    """Whether people sign in, or the page is reached from elsewhere: directly, or through a web server in front."""
    return (
        is_configured()
        or _is_bound_beyond()
        or bool(Names.of(config.get_option("server.allowedHosts")).public)
    )


def _is_bound_beyond() -> bool:
    address = config.get_option("server.address")
    if not address:  # Streamlit then listens everywhere, where it is what serves the page
        return Runtime.exists() and isinstance(Runtime.instance(), Runtime)
    return not is_loopback(str(address))


def check_bound(address: str, anyone_may_read: bool) -> None:
    """Raises ``ConfigError`` where everybody who reaches this machine could read the documents, and nobody said so."""
    if is_loopback(address) or anyone_may_read or is_configured():
        return
    raise ConfigError(
        "at {address} everybody who reaches this machine could read the documents; set up signing in (docs/sign-in.md), or add --anyone-may-read",
        address=address,
    )
