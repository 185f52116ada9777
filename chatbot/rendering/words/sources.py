"""The cards of the sources, and a source that is opened."""

from __future__ import annotations

SOURCES: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "sources": ("출처", "Sources"),
    "source": ("출처 {number}", "Source {number}"),
    "page": ("{page}쪽", "p. {page}"),
    "one_copy": ("다른 1곳에도 같은 글", "also in 1 other place"),
    "more_copies": ("다른 {count}곳에도 같은 글", "also in {count} other places"),
    "moved": ("검색 {before} → 재정렬 {after}", "retrieved {before} → reranked {after}"),
    "retrieved": ("검색 {before}", "retrieved {before}"),
    "probability": ("답일 확률 {value}", "{value} likely to answer"),
    "cited": ("인용됨", "cited"),
    "dense_line": ("의미(코사인) {value}", "dense (cosine) {value}"),
    "lexical_line": ("어휘(BM25) {value}", "lexical (BM25) {value}"),
    "fused_line": ("융합 {value}", "fused {value}"),
    "rerank_line": ("재정렬(로짓) {value}", "rerank (logit) {value}"),
    "characters": ("글자 {start}–{end}", "characters {start}–{end}"),
    "not_found": ("없음", "not found"),
    "open_source": ("원문에서 보기", "Open the page"),
    "good_source": ("알맞은 출처", "The right source"),
    "bad_source": ("알맞지 않은 출처", "Not the right source"),
    # opened
    "page_picture": ("{page}쪽", "Page {page}"),
    "page_of": ("{pages}쪽 가운데 {page}쪽", "Page {page} of {pages}"),
    "page_back": ("이전 쪽", "Previous"),
    "page_on": ("다음 쪽", "Next"),
    "not_located": ("이 쪽의 글자에서 발췌문의 자리를 찾지 못해 표시하지 않았습니다.", "The passage could not be located among the letters of this page, so nothing is marked."),
    "not_this_page": ("발췌문은 이 쪽에 없습니다.", "The passage is not on this page."),
    "no_page": ("쪽을 그릴 수 없어 색인된 글을 보여 줍니다", "The page cannot be shown; this is the text from the index"),
    "no_page_gone": ("파일이 더는 그 자리에 없습니다.", "The file is no longer where it was."),
    "no_page_changed": ("색인한 뒤에 파일이 바뀌었습니다. 다시 색인하면 볼 수 있습니다.", "The file has changed since it was indexed; index it again to see it."),
    "no_page_locked": ("암호가 걸린 파일입니다.", "The file is protected by a password."),
    "no_page_damaged": ("이 쪽은 손상되어 그릴 수 없습니다.", "This page is damaged and cannot be drawn."),
    "no_page_slow": ("이 쪽을 그리는 데 너무 많은 시간이나 메모리가 듭니다.", "Drawing this page takes too much time or memory."),
    "text_around": ("앞뒤 발췌문을 글로 보기", "The passages around it, as text"),
    "more_around": ("앞뒤를 더 보기", "Show more around it"),
    "get_original": ("원본 파일", "The original file"),
    "download_original": ("내려받기", "Download"),
    "reading_scan": ("스캔한 쪽을 읽는 중…", "Reading the scanned page…"),
    "no_original": ("원본 파일이 없거나 색인한 뒤에 바뀌었습니다.", "The original file is gone, or has changed since it was indexed."),
}  # fmt: skip
