"""The sidebar: conversations, what the next question is asked with, language and theme."""
