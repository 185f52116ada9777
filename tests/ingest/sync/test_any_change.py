from __future__ import annotations

import os
import random
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.models.folders import sha256_of
from fakes.sync_index import Index, nothing_to_do

Write = Callable[..., Path]


class Meddling:
    """Random changes of a folder, by a seed."""

    NAMES = ("a.txt", "A.txt", "b.md", "가.txt", unicodedata.normalize("NFD", "가.txt"), "c", "sub", "d.d")

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)

    def change(self) -> None:
        action = self._random.choice((self._write, self._write, self._move, self._move, self._copy, self._remove,
                                      self._touch, self._link))  # fmt: skip
        action()

    def _path(self) -> Path:
        depth = self._random.choice((1, 1, 2, 3))
        return self._folder.joinpath(*(self._random.choice(self.NAMES) for _ in range(depth)))

    def _existing(self) -> Path:
        found = [path for path in sorted(self._folder.rglob("*")) if not path.is_symlink()]
        return self._random.choice(found) if found else self._path()

    def _clear(self, path: Path) -> None:
        """Make room for a file at ``path``."""
        for above in reversed(path.parents):
            if above.is_relative_to(self._folder) and (above.is_symlink() or above.is_file()):
                above.unlink()
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)

    def _write(self) -> None:
        self._clear(path := self._path())
        path.write_text(self._random.choice("uvwxyz"))

    def _move(self) -> None:
        old, new = self._existing(), self._path()
        if old.exists() and not new.is_relative_to(old) and not old.is_relative_to(new):
            self._clear(new)
            if old.exists():
                old.rename(new)

    def _copy(self) -> None:
        old, new = self._existing(), self._path()
        if old.is_file() and not old.is_relative_to(new) and not new.is_relative_to(old):
            self._clear(new)
            if old.is_file():
                shutil.copy(old, new)

    def _remove(self) -> None:
        path = self._existing()
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def _touch(self) -> None:
        path = self._existing()
        if path.exists():
            os.utime(path, (1, 1))

    def _link(self) -> None:
        target, link = self._existing(), self._path()
        if not target.is_relative_to(link):
            self._clear(link)
            link.symlink_to(target)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_the_files_the_index_has_exactly_them(
    index: Index, folder: Path, write: Write, seed: int
) -> None:
    meddling = Meddling(folder, seed)
    for _ in range(150):
        for _ in range(meddling._random.choice((1, 1, 2, 5))):
            meddling.change()
        sub = folder / "sub"
        if sub.is_dir() and not sub.is_symlink() and meddling._random.random() < 0.2:
            index.sync(sub)  # now and then only a part is given
        index.sync(folder)
        files = {path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
        indexed = {row.path: row for row in index.rows.values() if row.status == "indexed"}
        # links to files that are there, or to folders, add nothing; broken ones are refused
        assert {path: row.sha256 for path, row in indexed.items()} == {
            path: sha256_of(path) for path in files
        }
        for path, row in indexed.items():
            name = unicodedata.normalize("NFC", f"docs/{path.relative_to(folder).as_posix()}")
            assert row.uri == name or row.uri.startswith(f"{name} (")
        refused = {row.path for row in index.rows.values() if row.status == "refused"}
        assert refused == {path for path in folder.rglob("*") if path.is_symlink() and not path.exists()}
        assert nothing_to_do(index.sync(folder))
