"""The chat: a question, its answer as it is written, what was checked about it, the conversations that are kept."""
