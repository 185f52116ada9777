"""What Streamlit says by itself, in English only: the browser puts these words in their place (``framework.js``)."""

from __future__ import annotations

FRAMEWORK: dict[str, str] = {
    # as Streamlit has it: in Korean
    "Upload": "올리기",
    "Browse files": "파일 고르기",
    "Add files": "파일 더하기",
    "file upload": "파일 올리기",
    "Upload files": "파일 올리기",
    "Upload directories": "폴더 올리기",
    "Drag and drop directories here": "폴더를 여기에 놓으세요",
    "Upload a file": "파일 올리기",
    "Drag and drop files here": "파일을 여기에 놓으세요",
    "Drag and drop a file here": "파일을 여기에 놓으세요",
    "Upload or drag and drop files": "파일을 고르거나 끌어다 놓으세요",
    "Upload or drag and drop a file": "파일을 고르거나 끌어다 놓으세요",
    "Send message": "보내기",
    "Stop script": "멈추기",
    "Choose options": "고르세요",
    "Choose an option": "고르세요",
    "No results": "없습니다",
    "Select all": "모두 고르기",
    "Selected values": "고른 것",
    "Clear all": "모두 지우기",
    "Clear value": "지우기",
    "Clear entry": "지우기",
    "Open": "열기",
    "Close": "닫기",
    "Increment": "늘리기",
    "Decrement": "줄이기",
    "Collapse sidebar": "옆 막대 접기",
    "Expand sidebar": "옆 막대 펴기",
    "App pages": "페이지",
    "Sidebar": "옆 막대",
    "Main menu": "메뉴",
    "Notifications": "알림",
    "Running...": "실행 중…",
    "Running": "실행 중",
    "Copy to clipboard": "복사",
    "Fullscreen": "전체 화면",
    "Close fullscreen": "전체 화면 닫기",
    "Show/hide columns": "열 보이기와 감추기",
    "Download as CSV": "CSV로 내려받기",
    "Search": "찾기",
    "Press Enter to apply": "Enter를 누르면 적용됩니다",
    "Press Enter to submit form": "Enter를 누르면 보냅니다",
}
PATTERNS: tuple[tuple[str, str], ...] = (  # regular expression with one group, {} in its place
    (r"(?:Limit )?(\d+(?:\.\d+)? ?[KMG]B) per file.*", "파일마다 {}까지"),
    (r"Remove (.+)", "{} 빼기"),
    (r"Select (\d+) matches", "{}개 모두 고르기"),
)


def framework_words(language: str) -> dict[str, object]:
    """The words of ``language`` as the browser needs them; none where Streamlit speaks it itself."""
    if language != "ko":
        return {"words": {}, "patterns": []}
    return {"words": FRAMEWORK, "patterns": [list(pattern) for pattern in PATTERNS]}
