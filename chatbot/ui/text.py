"""Every word of the page, in Korean and English."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]
LANGUAGES: dict[Language, str] = {"ko": "한국어", "en": "English"}

TEXT: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "tagline": (
        "내 문서에 묻고, 그 출처를 고른 까닭까지 봅니다.",
        "Ask your own documents, and see why each source was chosen.",
    ),
    "language": ("언어", "Language"),
    "new_chat": ("새 대화", "New chat"),
    "ask_placeholder": ("문서에 대해 물어보세요", "Ask about your documents"),
    "suggestions": ("이렇게 시작해 보세요", "Try one of these"),
    "suggest_heading": ("{heading}에 대해 알려줘", "What do the documents say about {heading}?"),
    "loading": ("모델을 준비하고 있습니다. 처음에는 몇 초 걸립니다.", "Getting the models ready. The first time takes some seconds."),
    "searching": ("찾고 다시 보는 중…", "Searching, then taking a second look…"),
    "no_documents": ("아직 문서가 없습니다", "No documents yet"),
    "no_documents_more": (
        "PDF, Word, PowerPoint, Excel, Markdown, 텍스트 파일을 올리면 바로 물어볼 수 있습니다. 파일은 이 컴퓨터에만 저장됩니다.",
        "Add PDF, Word, PowerPoint, Excel, Markdown or text files and start asking. They are kept on this machine only.",
    ),
    "problem": ("문제가 생겼습니다", "Something is in the way"),
    # the answer
    "you_asked": ("질문", "You asked"),
    "searched_as": ("이렇게 풀어 찾았습니다: {query}", "Searched as: {query}"),
    "written_by": ("작성: {llm}", "Written by {llm}"),
    "stop": ("멈추기", "Stop"),
    "stopped": ("멈췄습니다.", "Stopped."),
    "interrupted": ("답변이 도중에 끊겼습니다", "The answer was cut short"),
    "refused": ("문서에 답이 없는 것으로 보입니다", "The documents do not seem to answer this"),
    "refused_gate": (
        "가장 나은 발췌문이 답을 담고 있을 확률은 {probability}, 기준은 {threshold}입니다. 그래서 지어내지 않고 멈췄습니다.",
        "The best passage holds the answer with a probability of {probability}; the bar is {threshold}. So nothing was made up.",
    ),
    "refused_empty": ("질문과 맞는 발췌문을 찾지 못했습니다.", "No passage matched the question."),
    "no_second_look": ("두 번째 검토 없이 검색 순서 그대로입니다", "No second look: this is the retrieval order"),
    "turned_off": ("꺼져 있습니다", "turned off"),
    "nothing_to_rank": ("순위를 매길 것이 없습니다", "nothing to rank"),
    "failed": ("실패: {reason}", "failed: {reason}"),
    # sources
    "sources": ("출처", "Sources"),
    "source": ("출처 {number}", "Source {number}"),
    "page": ("{page}쪽", "p. {page}"),
    "moved": ("검색 {before} → 재정렬 {after}", "retrieved {before} → reranked {after}"),
    "retrieved": ("검색 {before}", "retrieved {before}"),
    "probability": ("답일 확률 {value}", "{value} likely to answer"),
    "cited": ("인용됨", "cited"),
    "kept": ("출처", "kept"),
    "dropped": ("제외", "dropped"),
    "dense_line": ("의미(코사인) {value}", "dense (cosine) {value}"),
    "lexical_line": ("어휘(BM25) {value}", "lexical (BM25) {value}"),
    "fused_line": ("융합 {value}", "fused {value}"),
    "rerank_line": ("재정렬(로짓) {value}", "rerank (logit) {value}"),
    "characters": ("글자 {start}–{end}", "characters {start}–{end}"),
    "not_found": ("없음", "not found"),
    # inspector
    "why": ("왜 이 출처인가요?", "Why these sources?"),
    "why_none": ("무엇을 살펴봤나요?", "What was considered?"),
    "why_counts": ("후보 {candidates}개에서 {kept}개", "{kept} of {candidates} candidates"),
    "cut": ("위의 {kept}개가 출처가 되고, 아래는 제외되었습니다", "The top {kept} became sources; everything below was dropped"),
    "cut_none": ("거절되어 출처가 된 후보가 없습니다", "Refused: no candidate became a source"),
    "column_rank": ("최종", "Final"),
    "column_movement": ("이동", "Movement"),
    "column_passage": ("발췌문", "Passage"),
    "column_fused": ("융합", "Fused"),
    "column_dense": ("의미", "Dense"),
    "column_lexical": ("어휘", "Lexical"),
    "column_rerank": ("재정렬", "Rerank"),
    "column_probability": ("확률", "Prob."),
    "up": ("{places}계단 올라감", "up {places}"),
    "down": ("{places}계단 내려감", "down {places}"),
    "same": ("그대로", "same place"),
    "legend": (
        "이동: ○ 검색 순위에서 ● 최종 순위로, 왼쪽이 1위. 칸의 값은 순위와 그 아래 점수이며, 점수는 손대지 않은 원래 값입니다: 의미 = 코사인, 어휘 = BM25, "
        "융합 = 이 질문 안에서만 견줄 수 있는 값, 재정렬 = 교차 인코더의 로짓.",
        "Movement: from ○ the retrieval rank to ● the final rank, 1st at the left. Cells show the rank over the score as computed: dense = cosine, "
        "lexical = BM25, fused = comparable within this question only, rerank = the cross-encoder's logit.",
    ),
    "second_look_by": ("두 번째 검토: {model}", "Second look by {model}"),
    "starter": (
        "시험용 초기 모델: 아직 검색 순서보다 늘 낫지는 않습니다",
        "starter model: not yet always better than the retrieval order",
    ),
    "total_time": ("첫 글자 {first} · 전체 {total}", "first word after {first} · {total} in all"),
    "stage_condense": ("질문 풀기", "condense"),
    "stage_embed": ("임베딩", "embed"),
    "stage_retrieve": ("검색", "retrieve"),
    "stage_rerank": ("재정렬", "rerank"),
    "stage_gate": ("판정", "gate"),
    "stage_highlight": ("강조", "highlight"),
    "stage_write": ("작성", "write"),
    # sidebar
    "answers": ("답변", "Answers"),
    "backend": ("언어 모델", "Language model"),
    "unusable": ("{name} · 설정 필요", "{name} · needs setting up"),
    "cannot_use": ("아직 쓸 수 없습니다", "Not usable yet"),
    "backend_extractive": ("발췌 (문장 인용)", "extractive (quotes only)"),
    "model": ("모델", "Model"),
    "model_file": ("모델 파일 (.gguf)", "Model file (.gguf)"),
    "model_default": ("기본값: {model}", "default: {model}"),
    "address": ("서버 주소", "Server address"),
    "stays": ("이 컴퓨터 밖으로 나가는 것이 없습니다", "Nothing leaves this machine"),
    "leaves": ("질문과 발췌문이 {where}(으)로 전송됩니다", "Questions and passages go to {where}"),
    "retrieval": ("검색", "Retrieval"),
    "k": ("후보 수 (k)", "Candidates (k)"),
    "k_help": ("먼저 찾아 두는 발췌문의 수. 많을수록 놓치는 것이 줄고 느려집니다.", "Passages retrieved first. More of them miss less and take longer."),
    "top_n": ("출처 수 (top_n)", "Sources (top_n)"),
    "top_n_help": ("다시 본 뒤 답변에 쓰는 발췌문의 수.", "Passages that the answer may use after the second look."),
    "second_look": ("두 번째 검토 (재정렬)", "Second look (rerank)"),
    "second_look_help": ("끄면 검색 순서를 그대로 씁니다. 같은 질문으로 비교해 보세요.", "Off keeps the retrieval order. Compare on the same question."),
    # documents
    "documents": ("문서", "Documents"),
    "documents_count": ("문서 {documents}개 · 발췌문 {chunks}개", "{documents} documents · {chunks} passages"),
    "only_these": ("이 문서에서만 찾기", "Search only in"),
    "all_documents": ("모든 문서", "All documents"),
    "manage": ("문서 관리", "Manage documents"),
    "find_document": ("이름으로 찾기", "Find by name"),
    "more_documents": ("외 {count}개: 이름으로 찾아보세요", "{count} more: find them by name"),
    "chunks": ("발췌문 {count}개", "{count} passages"),
    "pages": ("{count}쪽", "{count} pages"),
    "status_indexed": ("색인됨", "indexed"),
    "status_partial": ("일부만 색인됨", "partly indexed"),
    "status_refused": ("거절됨", "refused"),
    "remove": ("삭제", "Remove"),
    "removed": ("{name}을(를) 지웠습니다.", "{name} was removed."),
    "upload": ("파일 추가", "Add files"),
    "choose_files": ("파일 고르기", "Choose files"),
    "upload_limit": ("파일마다 {size} MB까지", "up to {size} MB each"),
    "uploading": ("{done}/{total} · {name}", "{done} of {total} · {name}"),
    "upload_reading": ("읽는 중…", "Reading…"),
    "report_indexed": ("색인됨 · 발췌문 {chunks}개", "indexed · {chunks} passages"),
    "report_partial": ("일부만 색인됨: {reason}", "partly indexed: {reason}"),
    "report_refused": ("거절됨: {reason}", "refused: {reason}"),
    "report_unchanged": ("이미 있습니다", "already there"),
}  # fmt: skip


class Say:
    """``say(key, **values)`` in one language. The result is plain text: escape it where HTML is built."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._index = 0 if language == "ko" else 1

    def __call__(self, key: str, **values: object) -> str:
        text = TEXT[key][self._index]
        return text.format(**values) if values else text

    def rank(self, number: int) -> str:
        """``9`` -> "9위", "9th"."""
        if self.language == "ko":
            return f"{number}위"
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"


def preferred(locale: str | None) -> Language:
    """The language for a browser's locale such as "ko-KR"; English where it is neither."""
    return "ko" if (locale or "").lower().startswith("ko") else "en"


def milliseconds(value: float) -> str:
    """``412.3`` -> "412 ms", ``2412`` -> "2.4 s"."""
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 1 else "<1 ms"
