"""The commands about notebooks, about the keys that let programs in, and that which moves all of it."""

from chatbot.cli.library import api_keys, moving, notebooks  # noqa: F401 - registers the commands
