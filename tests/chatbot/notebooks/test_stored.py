"""What a person has stored is what lies in all notebooks that they own, by either engine."""

from __future__ import annotations

import os
import random
from contextlib import closing
from typing import Any

import pytest

from chatbot.notebooks import FIRST, Action, Library, Notebook
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import create_store
from chatbot.store.engines import stored_bytes

MB = 10**6


def fill(notebook: Notebook, size: int) -> int:
    """Put so much into it; what it takes then."""
    place = notebook.library.place_of(notebook.row)
    with closing(create_store(place, store_identity(place), 2)) as store:
        store.files.put("0" * 64, random.Random(size).randbytes(size))
    return stored_bytes(place)


def test_what_lies_in_all_notebooks_of_the_owner_counts_whoever_adds_to_one(
    library: Library, people: Any
) -> None:
    diving, travel = library.make("Diving", people.kim), library.make("여행", people.kim)
    others = library.make("Bees", people.lee)
    library.share(diving.id, people.lee.email, "editor", people.kim)
    assert library.stored_with(diving.id) == library.stored_by(people.kim) == 0
    both = fill(diving, MB) + fill(travel, 2 * MB)
    fill(others, MB // 2)
    assert 3 * MB < both == library.stored_with(diving.id) == library.stored_with(travel.id)
    assert library.stored_by(people.kim) == both
    assert library.stored_by(people.lee) == library.stored_with(others.id) < MB  # an editor's is the owner's
    library.archive(travel.id, people.kim)
    assert library.stored_with(diving.id) == both
    library.delete(travel.id, people.kim)
    assert MB < library.stored_with(diving.id) < 2 * MB


def test_what_has_several_owners_counts_for_each(library: Library, people: Any) -> None:
    shared, own = library.make("Shared", people.kim), library.make("Own", people.lee)
    library.share(shared.id, people.lee.email, "owner", people.kim)
    of_both, of_lee = fill(shared, MB), fill(own, MB)
    assert library.stored_by(people.kim) == of_both
    assert library.stored_by(people.lee) == library.stored_with(shared.id) == of_both + of_lee
    library.leave(shared.id, people.lee)
    assert library.stored_with(shared.id) == of_both


def test_what_has_no_owner_counts_together_and_for_no_admin(library: Library, people: Any) -> None:
    made = library.make("Made on the machine", people.alone)
    both = fill(library.open(FIRST, people.alone), MB) + fill(made, MB)
    library.enter(people.park, FIRST, Action.ADD, "b.txt")
    assert library.stored_with(FIRST) == library.stored_with(made.id) == both
    assert library.stored_by(people.alone) == both
    assert library.stored_by(people.park) == 0


def test_a_library_that_was_never_written_has_the_first_notebook(empty_library: Library, people: Any) -> None:
    assert empty_library.stored_with(FIRST) == empty_library.stored_by(people.kim) == 0
    taken = fill(empty_library.open(FIRST, people.alone), MB)
    assert empty_library.stored_with(FIRST) == empty_library.stored_by(people.alone) == taken > MB


@pytest.mark.parametrize("age_s", [0, 60])
def test_kept_content_that_comes_and_goes_is_counted_anew(in_folder: Any, people: Any, age_s: int) -> None:
    """Also where the folder was looked at before: long ago, and within one tick of the file system's clock."""
    library = Library(in_folder)
    first = library.open(FIRST, people.alone)
    fill(first, MB)
    files = in_folder.store / "files"
    then = files.stat().st_mtime_ns - age_s * 10**9
    os.utime(files, ns=(then, then))
    before = library.stored_with(FIRST)
    assert library.stored_with(FIRST) == before > MB
    (files / ("1" * 64)).write_bytes(b"x" * MB)
    if not age_s:
        os.utime(files, ns=(then, then))
    assert library.stored_with(FIRST) == before + MB
    (files / ("0" * 64)).unlink()
    assert library.stored_with(FIRST) == before
