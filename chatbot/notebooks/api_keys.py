"""API keys: with whose rights a program asks, and how much of them.

    grant = ApiKeys(library).grant(token, people_sign_in=True)   # KeyRefused, or a person and a library for this key
    grant.library.enter(grant.person, number, Action.ASK)        # narrower than the person's own, never wider

A key is ``sl-`` and 32 random bytes. Only its SHA-256 is kept: hashes made slow on purpose (scrypt, argon2) protect what
can be guessed, and 2**256 cannot, so they would only make each request slower. What is kept opens nothing.

Nothing about a key is remembered between two requests: one that was revoked, or whose person lost a role, opens nothing
from the next one on, in every process.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from chatbot.config import Config
from chatbot.errors import KeyRefused, LibraryError, NotAllowed
from chatbot.notebooks.access import OF_SCOPE, SCOPES, Action, Scope
from chatbot.notebooks.key_registry import ApiKey, KeyRegistry
from chatbot.notebooks.library import Library
from chatbot.notebooks.people import Person, with_admin
from chatbot.notebooks.registry import NotebookRow
from chatbot.text.invisible import on_one_line, without_invisible

PREFIX = "sl-"  # by which people and programs that look for leaked keys know one
_BYTES = 32
_FORM = re.compile(r"sl-[A-Za-z0-9_-]{43}")  # 32 bytes in base64 without padding
_ENDING = 4  # characters that are kept: 232 bits stay unknown
MOST_KEYS = 100  # good ones of one person
LONGEST_NAME = 80  # characters
_USED_EVERY = timedelta(minutes=1)
_USED_WAIT_S = 0.1  # for a writer: when a key was used is not worth a wait
_FOR = re.compile(r"([1-9][0-9]{0,4})\s*([dh])")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody whom a key let in.

    Attributes:
        library: for which the person may do what their roles allow and the key is for; everything goes through it.
    """

    person: Person
    library: Library
    key: ApiKey

    @property
    def number(self) -> int:
        """Of the key."""
        return self.key.id

    @property
    def notebook(self) -> int | None:
        """The only one that the key opens; ``None``: all that the person may open."""
        return self.key.notebook

    def require(self, scope: Scope) -> None:
        """Raise ``NotAllowed`` where the key is not for this; for what belongs to no notebook."""
        if scope not in self.key.scopes:
            raise _not_for(self.key, scope)


class NarrowedLibrary(Library):
    """A library as a key opens it. What it allows the library allows too: each way in is asked for twice.

    Args:
        is_good: whether the key still is, asked at each way in: work that waits for its turn does not outlast its key.
    """

    def __init__(self, library: Library, key: ApiKey, is_good: Callable[[], bool]) -> None:
        super().__init__(library.config)
        self._registry = library._registry
        self._key = key
        self._is_good = is_good
        self._actions = frozenset[Action]().union(*(OF_SCOPE[scope] for scope in key.scopes))

    def enter(self, person: Person, number: int, action: Action, detail: str = "") -> Config:
        """As in the library; the log says which key it was."""
        by = f"{detail} (…{self._key.ending})" if detail else ""
        return super().enter(person, number, action, by)

    def notebooks(self, person: Person, *, archived: bool = False) -> list[NotebookRow]:
        """Those of the person that the key opens."""
        if Action.SEE not in self._actions:
            return []
        rows = super().notebooks(person, archived=archived)
        return [row for row in rows if self._key.notebook in (None, row.id)]

    def _permitted(self, person: Person, number: int, action: Action) -> NotebookRow:
        if person != self._key.person:
            raise KeyRefused("this key belongs to somebody else; use one of your own")
        if not self._is_good():
            raise KeyRefused("this API key was revoked; make another with: secondlook keys make NAME")
        if self._key.notebook not in (None, number):
            raise self._missing(f"#{number}", person)
        if action not in self._actions:
            raise _not_for(self._key, action)
        return super()._permitted(person, number, action)

    def _require(self, person: Person, action: Action) -> None:
        del person
        raise _not_for(self._key, action)


class ApiKeys:
    """The keys of a library. Share one instance between all threads.

    Args:
        now: the time, for tests.
    """

    def __init__(self, library: Library, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._library = library
        self._now = now
        self._keys = KeyRegistry(library.config)
        self._uses = KeyRegistry(library.config, _USED_WAIT_S)

    # to use one

    def exist(self) -> bool:
        """Whether one was ever made: from then on one is needed, also when the last one was revoked."""
        return self._keys.has_keys

    def grant(self, token: str, *, people_sign_in: bool) -> Grant:
        """Whoever comes with ``token``, the text after ``Bearer``; asked for at every request, and never kept.

        Args:
            people_sign_in: whether they have to on the page. Keys of whoever has the machine then open nothing: they were
                made when nobody else came.

        Raises:
            KeyRefused: it is no key, or opens nothing any more. No message has anything of it.
            LibraryError: the keys cannot be read.
        """
        key = self._known(token)
        if key is None:
            raise KeyRefused("this is no valid API key; make one with: secondlook keys make NAME")
        if key.revoked is not None:
            raise KeyRefused("this API key was revoked; make another with: secondlook keys make NAME")
        now = self._now()
        if not key.is_good(now):
            raise KeyRefused("this API key has expired; make another with: secondlook keys make NAME")
        if key.person.is_alone and people_sign_in:
            raise KeyRefused(
                "this API key belongs to nobody who signs in; make one with: secondlook keys make NAME --person WHO"
            )
        self._note_use(key, now)
        library = NarrowedLibrary(self._library, key, lambda: self._is_good(key.id))
        return Grant(key.person, library, key)

    def _known(self, token: str) -> ApiKey | None:
        if not _FORM.fullmatch(token):
            return None
        digest = sha256(token.encode()).digest()
        found = self._keys.key_of(digest)
        # the index found it by its hash, of which nobody can choose a beginning; this compares in constant time as well
        if found is None or not hmac.compare_digest(found[0], digest):
            return None
        return self._as_now(found[1])

    def _is_good(self, number: int) -> bool:
        key = self._keys.key(number)
        return key is not None and key.is_good(self._now())

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.used is not None and now - key.used < _USED_EVERY:
            return
        try:
            self._uses.used_key(key, now)
        except LibraryError as error:
            logger.warning("when key %d was used is not kept: %s", key.id, error)

    # to have some

    def make(
        self,
        name: str,
        person: Person,
        *,
        scopes: Iterable[str] = SCOPES,
        notebook: int | None = None,
        expires: datetime | None = None,
    ) -> tuple[str, ApiKey]:
        """A new key of ``person``: the key, which is not to be had a second time, and what is kept of it.

        Args:
            notebook: the only one that it opens; all that the person may open unless given.
            expires: from when on it opens nothing; never unless given.

        Raises:
            NotAllowed: ``person`` is nobody.
            NotebookMissing: there is no such notebook, or none that the person may know of.
            LibraryError: the name, scopes or time will not do, or there are too many keys.
        """
        self._require_somebody(person)
        now = self._now()
        name, chosen = _checked_name(name), _checked_scopes(scopes)
        if expires is not None and expires <= now:
            raise LibraryError("the key would have expired already; choose a time to come")
        called = ""
        if notebook is not None:
            called = self._library.open(notebook, person).name
        if sum(key.is_good(now) for key in self._keys.keys(person)) >= MOST_KEYS:
            raise LibraryError(
                "you have {count} keys, and more are not kept; revoke one first", count=MOST_KEYS
            )
        token = PREFIX + token_urlsafe(_BYTES)
        key = ApiKey(0, name, token[-_ENDING:], person, chosen, notebook, called, now, expires)
        number = self._keys.add_key(sha256(token.encode()).digest(), key, person)
        return token, next(key for key in self._keys.keys(person) if key.id == number)

    def list(self, person: Person, *, everybody: bool = False) -> list[ApiKey]:
        """The keys of ``person``, those that were made last first; ``everybody``: all, for an admin."""
        self._require_somebody(person)
        if everybody and not _sees_all(person):
            raise NotAllowed("that is for admins alone ({action}); ask one of them", action="keys")
        return [self._as_now(key) for key in self._keys.keys(None if everybody else person)]

    def revoke(self, number: int, person: Person) -> ApiKey:
        """Nothing is opened by it from the next request on. An admin may do so with everybody's.

        Raises:
            LibraryError: there is no such key of theirs.
        """
        found = [key for key in self.list(person, everybody=_sees_all(person)) if key.id == number]
        if not found:
            raise LibraryError("there is no key {number} of yours; see: secondlook keys list", number=number)
        self._keys.revoke_key(found[0], person, self._now())
        return found[0]

    def _as_now(self, key: ApiKey) -> ApiKey:
        """With the person as the configuration has them now: an admin, or one no more."""
        if key.person.is_alone:
            return key
        person = with_admin(key.person, self._library.config.sign_in)
        return replace(key, person=person)

    @staticmethod
    def _require_somebody(person: Person) -> None:
        if not person.id and not person.is_alone:
            raise NotAllowed("keys are for people who have signed in; sign in first")


def expiry(text: str, now: datetime | None = None) -> datetime | None:
    """When a key expires: ``90d`` and ``12h`` from now, or a day like ``2027-01-31``, until it is over; ``never``.

    Raises:
        LibraryError: it is none of these.
    """
    now = now or datetime.now(UTC)
    words = text.strip().lower()
    if words == "never":
        return None
    if found := _FOR.fullmatch(words):
        return now + timedelta(**{{"d": "days", "h": "hours"}[found[2]]: int(found[1])})
    try:
        day = datetime.strptime(words, "%Y-%m-%d").replace(tzinfo=UTC)
        return day + timedelta(days=1)
    except (ValueError, OverflowError):
        raise LibraryError(
            "{text} is no time; give 90d, 12h, a day like 2027-01-31, or never", text=repr(text[:40])
        ) from None


def _sees_all(person: Person) -> bool:
    return person.is_alone or person.is_admin


def _not_for(key: ApiKey, what: str) -> NotAllowed:
    return NotAllowed(
        "this API key is for {scopes} and does not allow that ({action}); use another",
        scopes=", ".join(scope for scope in SCOPES if scope in key.scopes),
        action=str(what),
    )


def _checked_name(name: str) -> str:
    clean = without_invisible(on_one_line(name)).strip()
    if not clean or len(clean) > LONGEST_NAME:
        raise LibraryError(
            "{name} cannot be a key's name; give 1 to {most} characters",
            name=repr(name[:LONGEST_NAME]),
            most=LONGEST_NAME,
        )
    return clean


def _checked_scopes(scopes: Iterable[str]) -> frozenset[Scope]:
    wanted = set(scopes)
    chosen = frozenset(scope for scope in SCOPES if scope in wanted)
    if not chosen or wanted - chosen:
        raise LibraryError(
            "unknown scope {scope}; known: {known}",
            scope=repr(", ".join(sorted(wanted - chosen))),
            known=", ".join(SCOPES),
        )
    return chosen
