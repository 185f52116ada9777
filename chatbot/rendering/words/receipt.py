"""What only an export says; everything else in it is said in the words of the page."""

from __future__ import annotations

RECEIPT: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "receipt": ("답변 기록", "Answer receipt"),
    "answer": ("답변", "Answer"),
    "made_with": ("어떻게 만들어졌나", "How it was made"),
    "answered_as": ("질문의 종류", "Taken for"),
    "asked_at": ("물은 때", "Asked"),
    "request_number": ("요청 번호", "Request number"),
    "language_model": ("언어 모델", "Language model"),
    "turned_on": ("켜져 있습니다", "turned on"),
    "searched_in": ("찾은 문서", "Searched in"),
    "sent_with": ("함께 보낸 파일", "Sent with it"),
    "searched_first": ("먼저 찾은 곳", "Searched first"),
    "index_line": ("{index}, 커밋 {sequence}", "{index}, commit {sequence}"),
    "token_label": ("토큰", "Tokens"),
    "footer": (
        "Second Look이 만든 기록입니다. 이 파일은 아무 곳에도 접속하지 않습니다. 발췌문은 원래 문서의 글 그대로입니다.",
        "Made by Second Look. This file contacts nothing. Passages are in the documents' own words.",
    ),
}  # fmt: skip
