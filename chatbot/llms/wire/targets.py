"""To which addresses a client connects: checked as it connects, so that a name cannot mean another one by then."""

from __future__ import annotations

import socket
from typing import Any

from chatbot.config import LLMConfig
from chatbot.errors import ConfigError
from chatbot.llms.needs import is_loopback
from chatbot.llms.permission import is_private, is_set_by_owner, private_address


class Connecting:
    """One request on its way. What the owner set goes wherever its name leads; what was typed not into this network."""

    def __init__(self, config: LLMConfig, url: str, host: str) -> None:
        """``host``: that of the request."""
        self._backend = config.backend
        self._host = host
        owner = config.owner
        self._is_checked = (
            owner is not None
            and not owner.allow_private
            and not is_set_by_owner(config)
            and not is_loopback(url)
        )

    def before(self, host: str, port: int | None) -> None:
        """Look the name up before anything is sent there. Raises ``ConfigError`` for one inside this network."""
        if host != self._host:  # a proxy, which knows its network itself
            self._is_checked = False
        if not self._is_checked:
            return
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port)}
        except OSError:
            return  # connecting says what is wrong with it
        self._refuse(found)

    def after(self, connected: socket.socket) -> None:
        """The address that the connection really has; nothing has been sent yet. Raises ``ConfigError``."""
        if not self._is_checked:
            return
        try:
            self._refuse({str(connected.getpeername()[0])})
        except ConfigError:
            connected.close()
            raise

    def _refuse(self, addresses: set[str]) -> None:
        for address in sorted(addresses):
            if is_private(address):
                raise ConfigError(
                    "llm backend {backend} {reason}",
                    backend=repr(self._backend),
                    reason=private_address(address),
                )


def as_text(value: Any) -> str:
    """A host as a client's library holds it."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
