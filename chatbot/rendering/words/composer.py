"""The field to ask in and what stands on it; what the browser says by itself about questions and answers."""

from __future__ import annotations

COMPOSER: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "zoom_in": ("크게", "Zoom in"),
    "zoom_out": ("작게", "Zoom out"),
    "copy_code": ("코드 복사", "Copy code"),
    "more_lines": ("모두 보기", "Show all of it"),
    "less_lines": ("접기", "Show less"),
    "chip_documents": ("문서 {count}개", "{count} documents"),
    "every_document": ("모든 문서", "All documents"),
    "search_only": ("고른 문서에서만 찾기", "Search only in"),
    "more_models": ("다른 모델과 설정은 모델 페이지에 있습니다.", "Other models and their settings are on the Models page."),
    "drop_anywhere": ("파일을 여기에 놓으세요", "Drop the files here"),
    "skip": ("질문 쓰는 곳으로 건너뛰기", "Skip to the question field"),
    "skip_to_page": ("본문으로 건너뛰기", "Skip to the content"),
    "shortcuts": ("단축키", "Keyboard shortcuts"),
    "shortcut_focus": ("질문 쓰기", "Write a question"),
    "shortcut_send": ("보내기", "Send"),
    "shortcut_line": ("줄 바꾸기", "A new line"),
    "shortcut_escape": ("답변 멈추기, 옆 창 닫기", "Stop the answer, or close the panel"),
    "shortcut_help": ("단축키 보기", "Show these shortcuts"),
}  # fmt: skip
