"""Names and sizes, short enough to stand in a line."""

from __future__ import annotations

from chatbot.ui.documents.amounts import name_html, shortened, size


def test_long_names_keep_their_end_and_sizes_are_read_at_a_glance() -> None:
    assert shortened("short.pdf") == "short.pdf"
    long = shortened("a" * 100 + "-final.pdf", 30)
    assert len(long) == 30
    assert long.endswith("-final.pdf")
    assert len(shortened("가" * 100 + ".hwpx", 30)) <= 18  # a syllable takes two columns
    assert 'title="&lt;b&gt;/x' in name_html("x" * 99, "<b>/x")
    assert [size(n) for n in (12, 3000, 1_300_000, 500 * 1024**2)] == ["12 B", "3 KB", "1.2 MB", "500 MB"]
