"""``python -m chatbot`` is ``secondlook``."""

from chatbot.cli import main

main()
