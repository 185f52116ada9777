"""The content of uploads and of web pages, each in a file of the index folder that is called by its sha256."""

from __future__ import annotations

from pathlib import Path

from chatbot.store.private_files import private_folder, write_private
from chatbot.store.protocol import Files


class FolderFiles(Files):
    """``folder`` is made when something is kept in it; only its owner may read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sha256: str, content: bytes) -> Path:
        private_folder(self._folder)
        write_private(self._folder / sha256, content)
        return self._folder / sha256

    def path(self, sha256: str) -> Path:
        return self._folder / sha256

    def sweep(self, used: set[str]) -> None:
        for file in self._folder.glob("*"):
            if file.name not in used:
                file.unlink(missing_ok=True)
