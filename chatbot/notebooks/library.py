"""The library: every notebook, who may do what with it, and the one way in.

library = Library(config)
config = library.enter(person, number, Action.ASK)   # NotAllowed, or the configuration whose store is the notebook's
"""

from __future__ import annotations

import json
import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from chatbot.config import Config
from chatbot.errors import LibraryError, NotAllowed, NotebookMissing, StoreError
from chatbot.notebooks.access import OF_THE_LIBRARY, ROLES, WHILE_ARCHIVED, Action, Role, allow
from chatbot.notebooks.names import checked_name, folded, number_in
from chatbot.notebooks.people import Person, with_admin
from chatbot.notebooks.registry import Event, Member, NotebookRow, Registry
from chatbot.notebooks.schema import TABLES
from chatbot.notebooks.settings import with_settings
from chatbot.store.folder_lock import writer_lock
from chatbot.store.tables import discard_tables

if TYPE_CHECKING:
    from chatbot.engine import Chatbot
    from chatbot.store.archives.exporting import Exported

FOLDER = "notebooks"
MOST_OWNED = 100  # notebooks of one person
EVERYBODY = "everybody"
_WAIT_S = 2.0  # for somebody who writes to a notebook that is to be deleted
# what the log has besides what changes the registry; a question only where the configuration says so
_NOTED = {Action.ADD, Action.REMOVE, Action.EXPORT}

logger = logging.getLogger(__name__)


class Library:
    """The notebooks of an index folder. Share one instance between all threads.

    Every method that is given a ``person`` asks ``allow`` first. It raises ``NotAllowed``; ``NotebookMissing`` where the
    person may not even know of the notebook; ``LibraryError`` where the file of notebooks cannot be used.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.folder = config.store
        self._registry = Registry(config)

    def enter(self, person: Person, number: int, action: Action, detail: str = "") -> Config:
        """The configuration of notebook ``number`` for one ``action``: the only way to where it lies.

        Args:
            detail: what it is about, names of documents for example. For the log, which has each change before it is made.
        """
        row = self._permitted(person, number, action)
        is_noted = action in _NOTED or (action is Action.ASK and detail and self.config.audit.questions)
        if is_noted and (self._registry.is_there or not person.is_alone):  # alone, nobody reads it
            self._registry.note(person, action.value, row, detail)
        return with_settings(self._settings_of(row), row.settings)

    def check(self, person: Person, number: int, action: Action) -> None:
        """Raise what ``enter`` would; for what goes on after it was entered."""
        self._permitted(person, number, action)

    def _permitted(self, person: Person, number: int, action: Action) -> NotebookRow:
        """The row of notebook ``number``, once ``allow`` has said yes to ``action``."""
        row = self._registry.notebook(number, person)
        if row is None or not allow(person, row.role, Action.SEE):
            raise self._missing(f"#{number}", person)
        if not allow(person, row.role, action) or action in OF_THE_LIBRARY:
            logger.warning("%s was refused to %s in notebook %d", action, person.id, number)
            raise NotAllowed(
                "your role in {notebook} does not allow that ({action}); ask one of its owners",
                notebook=row.called,
                action=str(action),
            )
        if row.archived and action not in WHILE_ARCHIVED:
            raise NotAllowed("{notebook} is archived; bring it back first", notebook=row.called)
        return row

    def _require(self, person: Person, action: Action) -> None:
        """Once ``allow`` has said yes to an ``action`` that is about the library as a whole."""
        if action not in OF_THE_LIBRARY or not allow(person, None, action):
            raise NotAllowed("that is for admins alone ({action}); ask one of them", action=str(action))

    # to find one

    def notebooks(self, person: Person, *, archived: bool = False) -> list[NotebookRow]:
        """Those that ``person`` may see, the first one first; ``archived`` ones as well."""
        rows = [row for row in self._registry.notebooks(person) if allow(person, row.role, Action.SEE)]
        return [row for row in rows if archived or not row.archived]

    def open(self, name: str | int, person: Person) -> Notebook:
        """That of this name, or id, also written ``#7``. Its name need not be unique: an id always is."""
        rows = self.notebooks(person, archived=True)
        number = name if isinstance(name, int) else number_in(name)
        found = [row for row in rows if row.id == number]
        if not found and isinstance(name, str):
            found = [row for row in rows if folded(row.called) == folded(name)]
            in_use = [row for row in found if not row.archived]
            found = in_use or found
        if len(found) > 1:
            numbers = ", ".join(f"#{row.id}" for row in found)
            raise LibraryError(
                "several notebooks are called {name}; say which by its number: {numbers}",
                name=repr(name),
                numbers=numbers,
            )
        if not found:
            raise self._missing(name if isinstance(name, str) else f"#{name}", person)
        return Notebook(self, person, found[0])

    def _missing(self, name: str, person: Person) -> NotebookMissing:
        known = [row.called for row in self.notebooks(person)]
        return NotebookMissing(
            "no notebook {name}; known: {known}", name=repr(name), known=", ".join(known) or "-"
        )

    # to make and change one

    def make(self, name: str, person: Person) -> Notebook:
        """A new one, of ``person`` alone."""
        self._require(person, Action.MAKE)
        return self._made(checked_name(name), person, "make", "")

    def _made(self, name: str, person: Person, event: str, detail: str) -> Notebook:
        rows = self.notebooks(person, archived=True)
        if any(folded(row.called) == folded(name) for row in rows):
            raise LibraryError("there is a notebook {name} already; choose another name", name=repr(name))
        if not person.is_alone and sum(row.role == "owner" for row in rows) >= MOST_OWNED:
            raise LibraryError(
                "you own {count} notebooks, and more are not kept; delete one first", count=MOST_OWNED
            )
        number = self._registry.add(token_hex(8), name, person, (event, detail))
        return self.open(number, person)

    def rename(self, number: int, name: str, person: Person) -> None:
        row = self._permitted(person, number, Action.RENAME)
        name = checked_name(name)
        others = [other for other in self.notebooks(person, archived=True) if other.id != number]
        if any(folded(other.called) == folded(name) for other in others):
            raise LibraryError("there is a notebook {name} already; choose another name", name=repr(name))
        self._registry.change(row, person, ("rename", row.called), name=name)

    def archive(self, number: int, person: Person, *, back: bool = False) -> None:
        """Put it away, so that nobody asks it or changes what it holds; ``back``: take it out again."""
        row = self._permitted(person, number, Action.ARCHIVE)
        if row.is_first:
            raise LibraryError("the first notebook cannot be archived or deleted; remove its documents")
        at = "" if back else datetime.now(UTC).isoformat(timespec="seconds")
        self._registry.change(row, person, ("bring back" if back else "archive", ""), archived=at)

    def delete(self, number: int, person: Person) -> None:
        """Delete it with its documents and everybody's conversations in it."""
        row = self._permitted(person, number, Action.DELETE)
        if row.is_first:
            raise LibraryError("the first notebook cannot be archived or deleted; remove its documents")
        folder = self._folder_of(row)
        if folder.is_dir():
            with writer_lock(folder, _WAIT_S):  # nobody is writing into it
                self._registry.take_out(row, person, ("delete", ""))
        else:
            self._registry.take_out(row, person, ("delete", ""))
        self._sweep()

    def _sweep(self) -> None:
        """Remove the files of deleted notebooks; what cannot be removed now is with the next one."""
        for name in self._registry.to_sweep():
            folder = self.folder / FOLDER / name
            if name and folder.is_dir():
                with suppress(OSError):
                    shutil.rmtree(folder)
            if name and not folder.exists() and self._is_discarded(name):
                self._registry.swept(name)

    def _is_discarded(self, folder: str) -> bool:
        """Whether nothing is left of a notebook's index and conversations; where they are in no folder, they go now."""
        from chatbot.store.engines import discard

        if not self._is_elsewhere:
            return True
        try:
            discard(self._settings_at(folder))
            discard_tables(self._settings_at(folder), TABLES)
        except (StoreError, LibraryError):  # cannot be reached now
            return False
        return True

    def set_settings(self, number: int, settings: dict[str, Any], person: Person) -> None:
        """What questions in it are asked with, where nothing else is chosen; see ``NotebookSettings``."""
        row = self._permitted(person, number, Action.SETTINGS)
        with_settings(self.config, settings)  # raises what does not fit
        text = json.dumps(settings, ensure_ascii=False, sort_keys=True)
        self._registry.change(row, person, ("settings", text), settings=text)

    # people

    def meet(self, person: Person) -> None:
        """Remember somebody who has signed in: only such a person can be given a role."""
        if person.id:
            self._registry.meet(person)

    @property
    def has_people(self) -> bool:
        """Whether anybody has ever signed in: then notebooks may be theirs."""
        return self._registry.has_people

    def person(self, who: str) -> Person:
        """Somebody who has signed in once, by their e-mail address or id."""
        return with_admin(self._known(who), self.config.sign_in)

    def people(self, number: int, person: Person) -> list[Member]:
        """Everybody with a role of their own, for whoever may change that."""
        return self._registry.members(self._permitted(person, number, Action.PEOPLE).id)

    def readers(self, number: int, person: Person) -> list[Member]:
        """Who else reads what is added; for those who may add something."""
        row = self._permitted(person, number, Action.ADD)
        return [one for one in self._registry.members(row.id) if one.person.id != person.id]

    def share(self, number: int, who: str, role: Role | None, person: Person) -> None:
        """Give ``who`` a role, in place of what they had; ``None`` takes it away.

        Args:
            who: an e-mail address or id of somebody who has signed in once; ``everybody``: whoever signs in.
        """
        row = self._permitted(person, number, Action.PEOPLE)
        if role is not None and role not in ROLES:
            raise LibraryError("unknown role {role}; known: viewer, editor, owner", role=repr(role))
        if who == EVERYBODY:
            if role == "owner":
                raise LibraryError("everybody cannot own a notebook; make them viewer or editor")
            self._registry.change(
                row, person, ("share", f"{EVERYBODY}: {role or 'none'}"), everybody=role or ""
            )
            return
        self._give(row, self._known(who), role, person, "share")

    def leave(self, number: int, person: Person) -> None:
        """Give up one's own role."""
        row = self._permitted(person, number, Action.LEAVE)
        if all(one.person.id != person.id for one in self._registry.members(row.id)):
            raise LibraryError(
                "{notebook} is there for everybody who signs in; there is nothing to leave",
                notebook=row.called,
            )
        self._give(row, person, None, person, "leave")

    def _give(self, row: NotebookRow, whose: Person, role: Role | None, person: Person, event: str) -> None:
        if not self._registry.set_role(
            row, whose, role, person, (event, f"{whose.called}: {role or 'none'}")
        ):
            raise LibraryError("a notebook needs an owner; make somebody else one first")

    def _known(self, who: str) -> Person:
        found = self._registry.people(who.strip())
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise LibraryError(
                "several people have the address {who}; say which by their id: {ids}", who=who, ids=ids
            )
        if not found:
            raise LibraryError(
                "nobody known as {who} has signed in yet; they have to do it once", who=repr(who)
            )
        return found[0]

    # to take along and bring back

    def export(self, number: int, target: Path, person: Person) -> Exported:
        """Write its documents into one file; conversations stay private. Raises as the store's ``export`` does."""
        from chatbot.retrieval.embeddings import store_identity
        from chatbot.store import open_store
        from chatbot.store.archives.exporting import export

        config = self.enter(person, number, Action.EXPORT, target.name)
        store = open_store(config, store_identity(config))
        try:
            return export(store, target)
        finally:
            store.close()

    def import_(self, source: Path, name: str, person: Person) -> Notebook:
        """A new notebook of what ``export`` has written; nothing of it is there where that fails."""
        from chatbot.retrieval.embeddings import store_identity
        from chatbot.store import open_store
        from chatbot.store.archives.elsewhere import import_index

        self._require(person, Action.IMPORT)
        made = self._made(checked_name(name), person, "import", source.name)
        config = self._settings_of(made.row)
        try:
            import_index(source, config)
            store = open_store(config, store_identity(self.config))
            try:
                with store.writing() as writer:
                    writer.compact()
            finally:
                store.close()
        except BaseException:
            self._registry.take_out(made.row, person, ("import failed", source.name))
            self._sweep()
            raise
        return made

    # the log

    def events(self, person: Person, number: int | None = None, most: int = 200) -> list[Event]:
        """The log of one notebook, or of all for an admin; the newest first."""
        if number is not None:
            return self._registry.events([self._permitted(person, number, Action.AUDIT).id], most)
        self._require(person, Action.AUDIT_ALL)
        return self._registry.events(None, most)

    # what is stored

    def stored_with(self, number: int) -> int:
        """How many bytes the owner of notebook ``number`` has stored in all notebooks that they own, archived ones as well.

        Of several owners the one who has most: what lies in it counts for each. What has no owner, the first notebook and
        what was made where nobody signs in, counts together: it is of whoever has the machine. Asks nobody whether they may.

        Raises:
            LibraryError, StoreError: it cannot be known now.
        """
        return max(map(self._stored_in, self._registry.stored_together(number)))

    def stored_by(self, person: Person) -> int:
        """How many bytes ``person`` has stored in all notebooks that they own. Raises as ``stored_with``."""
        return self._stored_in(self._registry.owned(person))

    def _stored_in(self, folders: list[str]) -> int:
        from chatbot.store.engines import stored_bytes

        return stored_bytes(*map(self._settings_at, folders))

    def _settings_of(self, row: NotebookRow) -> Config:
        """Those of the program, with the place of a notebook's index: a folder, and a schema where that is its engine."""
        return self._settings_at(row.folder)

    def place_of(self, row: NotebookRow) -> Config:
        """Where a notebook is, for whoever has the machine: nobody is asked whether they may."""
        return self._settings_at(row.folder)

    def _settings_at(self, folder: str) -> Config:
        schema = self.config.index.schema_name + (f"_{folder}" if folder else "")
        place = self.folder / FOLDER / folder if folder else self.folder
        return self.config.with_(store=place, index={"schema_name": schema})

    @property
    def _is_elsewhere(self) -> bool:
        """Whether an index is not the folder of its notebook."""
        return self.config.index.backend != "sqlite"

    def _folder_of(self, row: NotebookRow) -> Path:
        return self.folder / FOLDER / row.folder if row.folder else self.folder


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as it was when it was opened, for ``person``; what is done with it is asked for anew each time."""

    library: Library
    person: Person
    row: NotebookRow

    @property
    def id(self) -> int:
        """Its number, which no other notebook ever gets."""
        return self.row.id

    @property
    def name(self) -> str:
        """What it is called for people; another one may be called the same."""
        return self.row.called

    def may(self, action: Action) -> bool:
        """Whether the person might do it when this was read: for what is drawn, and nothing else."""
        return allow(self.person, self.row.role, action)

    def enter(self, action: Action, detail: str = "") -> Config:
        """The notebook's configuration, for one action; see ``Library.enter``."""
        return self.library.enter(self.person, self.row.id, action, detail)

    def check(self, action: Action) -> None:
        """Raise what ``enter`` would."""
        self.library.check(self.person, self.row.id, action)

    def load(self) -> Chatbot:
        """A chatbot over it. Raises as ``chatbot.load_chatbot`` does."""
        from chatbot.engine import load_chatbot

        return load_chatbot(self.enter(Action.ASK))
