"""The commands about notebooks, and about the keys that let programs in."""

from chatbot.cli.library import api_keys, notebooks  # noqa: F401 - registers the commands
