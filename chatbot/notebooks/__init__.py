"""Notebooks: collections of documents with conversations, settings and suggestions of their own, and who may do what.

    Library(config).enter(person, notebook, action) -> the notebook's Config, or NotAllowed

Every read and write goes through ``Library.enter``: nothing else knows where a notebook lies. A library is the index
folder of before: that is its first notebook, and nothing in it has moved. Others lie in ``notebooks/`` beside it.
"""

from chatbot.notebooks.access import Action, Role, Scope, allow
from chatbot.notebooks.api_keys import ApiKeys, Grant
from chatbot.notebooks.key_registry import ApiKey
from chatbot.notebooks.library import Library, Notebook
from chatbot.notebooks.people import ALONE, Person
from chatbot.notebooks.registry import Event, Member, NotebookRow
from chatbot.notebooks.schema import FIRST

__all__ = [
    "ALONE", "FIRST", "Action", "ApiKey", "ApiKeys", "Event", "Grant", "Library", "Member", "Notebook", "NotebookRow",
    "Person", "Role", "Scope", "allow",
]  # fmt: skip
