"""What is made of files before they are queued."""

from __future__ import annotations

from chatbot.ui.documents import index_changes


def test_files_of_one_name_do_not_replace_each_other() -> None:
    taken = index_changes._numbered(
        [("n.txt", b"1"), ("n.txt", b"2"), ("n.txt", b"1"), ("n", b"3"), ("n", b"4")]
    )
    assert taken == [("n.txt", b"1"), ("n (2).txt", b"2"), ("n", b"3"), ("n (2)", b"4")]
