"""Keys that a person has pasted: each for one backend at one address, and for no other.

    keep(Place("anthropic", "https://api.anthropic.com"), key) -> held(place), as long as this process runs

They are never in a file of this program, and in no message: ``failures.masked`` takes them out. A person may ask for a
key to be remembered; then it goes into the keyring of the operating system, where the package ``keyring`` is installed
and finds one.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from chatbot.config.owner import origin
from chatbot.errors import ConfigError

logger = logging.getLogger(__name__)

SERVICE = "secondlook"  # its name in the keyring
LONGEST = 1000  # characters


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key may go. ``address``: scheme, host and port; another of them is another place."""

    backend: str
    address: str

    @classmethod
    def of(cls, backend: str, url: str) -> Place:
        """That of a server's ``url``; what stands behind the port makes no difference."""
        return cls(backend, origin(url))


_kept: dict[Place, str] = {}
_remembered: dict[Place, str] = {}  # what the keyring was found to hold, asked once a place
_changes = 0
_lock = threading.Lock()


def keep(place: Place, key: str, *, remember: bool = False) -> None:
    """Hold ``key`` for ``place`` while this process runs; with ``remember`` in the system's keyring too.

    Raises:
        ConfigError: it is empty, too long or holds a character that no header takes, or the keyring refuses.
    """
    key = key.strip()
    if not key:
        raise ConfigError("the key is empty; paste it once more")
    if len(key) > LONGEST or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            "this is not a key: it is too long, or holds spaces or other characters; paste the key alone"
        )
    global _changes
    with _lock:
        _kept[place] = key
        _changes += 1
    if remember:
        _with_keyring(lambda ring: ring.set_password(SERVICE, _name(place), key))
        with _lock:
            _remembered[place] = key


def forget(place: Place) -> None:
    """Hold no key for ``place`` any longer, neither here nor in the system's keyring.

    Raises:
        ConfigError: the keyring refuses; here it is forgotten all the same.
    """
    global _changes
    with _lock:
        _changes += 1
        _kept.pop(place, None)
        was_remembered = bool(_remembered.pop(place, "")) or _from_keyring(place) != ""
        _remembered[place] = ""
    if was_remembered:
        _with_keyring(lambda ring: ring.delete_password(SERVICE, _name(place)))


def held(place: Place) -> str:
    """The key for ``place``, empty where there is none."""
    with _lock:
        if place in _kept:
            return _kept[place]
        if place not in _remembered:
            _remembered[place] = _from_keyring(place)
        return _remembered[place]


def is_remembered(place: Place) -> bool:
    """Whether the key for ``place`` outlives this process."""
    held(place)
    with _lock:
        return bool(_remembered.get(place))


def all_held() -> tuple[str, ...]:
    """Every key that is held: what no message may show."""
    with _lock:
        return tuple(dict.fromkeys([*_kept.values(), *filter(None, _remembered.values())]))


def changes() -> int:
    """How often a key was kept or forgotten: what was built with an older one is built anew."""
    return _changes


def can_remember() -> bool:
    """Whether the system has a keyring that can be used; asks it nothing."""
    ring = _keyring()
    return (
        ring is not None and ring.get_keyring().priority > 0
    )  # its own stand-ins, which refuse or forget, have 0 or less


def _name(place: Place) -> str:
    return f"{place.backend} {place.address}"


def _keyring() -> Any:
    """The package, ``None`` where it is not installed or cannot start."""
    if find_spec("keyring") is None:
        return None
    try:
        import keyring
    except Exception:  # whatever a desktop's parts raise when they are not all there
        logger.warning("the system's keyring cannot be used", exc_info=True)
        return None
    return keyring


def _from_keyring(place: Place) -> str:
    """What the keyring holds for ``place``; empty where there is none, or it says nothing."""
    if not can_remember():
        return ""
    try:
        return _keyring().get_password(SERVICE, _name(place)) or ""
    except Exception as error:  # locked, or its program is gone; the error may hold what was asked for
        logger.warning("the system's keyring gave nothing: %s", type(error).__name__)
        return ""


def _with_keyring(action: Any) -> None:
    try:
        action(_keyring())
    except Exception as error:
        raise ConfigError(
            "the system's keyring refused ({reason}); the key is kept until this program ends",
            reason=type(error).__name__,
        ) from None
