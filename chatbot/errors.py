"""Every error that this program raises on purpose, in one small tree.

    ChatbotError
    ├── ConfigError        the configuration, or the name of a backend, is wrong
    ├── ModelError         weights are missing, damaged, or cannot be loaded
    ├── StoreError         the index cannot be opened, read or written
    │   ├── StoreMissing       nothing has been ingested yet
    │   ├── StoreBusy          another process is writing
    │   └── ModelMismatch      the index was built with another embedding model
    ├── ConversationsError conversations cannot be kept or read; the chat goes on without
    ├── DocumentRefused    one file cannot be indexed; the run goes on
    └── LLMError           the language model did not answer

Each message is one sentence on what happened and one on what to do. The command line and the page
catch ``ChatbotError`` in one place each; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations


class ChatbotError(Exception):
    """Base of every error with a message meant for the user."""


class ConfigError(ChatbotError):
    """The configuration is wrong; the message names the key or the backend."""


class ModelError(ChatbotError):
    """A model's weights are missing, damaged, or cannot be loaded."""


class StoreError(ChatbotError):
    """The index cannot be opened, read or written."""


class StoreMissing(StoreError):
    """There is no index at the given folder yet."""


class StoreBusy(StoreError):
    """Another process holds the writer lock; the message names its pid."""


class ModelMismatch(StoreError):
    """The index was built with another embedding model than the configured one."""


class ConversationsError(ChatbotError):
    """Conversations cannot be kept or read; the chat goes on without."""


class DocumentRefused(ChatbotError):
    """One file cannot be indexed. ``str(error)`` is the reason shown to the user."""


class LLMError(ChatbotError):
    """The language model did not answer; the message names the setting to change."""
