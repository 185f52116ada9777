"""What was given to be ingested, looked at before anything is done."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.store import DocumentRow
from ingest.sync.listing import printable
from ingest.sync.roots import is_in, real_path


def check_given(paths: Iterable[Path], store: Path, documents: Callable[[], Iterable[DocumentRow]]) -> None:
    """Refuse what cannot be ingested before anything is done.

    Args:
        documents: those of the index, asked for where a path is not there: perhaps it was, and they are to go.

    Raises:
        ConfigError: a path does not exist, is the index itself, or has a name that is not text.
    """
    for path in paths:
        here = real_path(path)
        if not path.expanduser().exists():
            named = path.expanduser().absolute()
            left = [row.uri for row in documents() if is_in(row.path, (here, named))]
            if not left:
                raise ConfigError("no file or folder at {path}; check the path", path=path)
            raise ConfigError(
                "no file or folder at {path}, but the index has {count} of its documents; to remove them: secondlook remove {uri}",
                path=path,
                count=len(left),
                uri=posixpath.commonpath(left),
            )
        if here.is_relative_to(real_path(store)):
            raise ConfigError(
                "{path} belongs to the index itself; give the folder of your documents", path=path
            )
        if printable(here) != here:
            raise ConfigError("the name of {path} is not valid UTF-8; rename it", path=printable(here))
