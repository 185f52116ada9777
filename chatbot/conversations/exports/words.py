"""Every word of an export, in Korean and English."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

WORDS: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "receipt": ("답변 기록", "Answer receipt"),
    "question": ("질문", "Question"),
    "answer": ("답변", "Answer"),
    "searched_as": ("이렇게 풀어 찾았습니다: {query}", "Searched as: {query}"),
    "written_by": ("작성: {llm}", "Written by {llm}"),
    "stopped": ("쓰는 도중에 멈춘 답변입니다.", "The answer was stopped while it was written."),
    "interrupted": ("답변이 도중에 끊겼습니다: {reason}", "The answer was cut short: {reason}"),
    "quoted": ("언어 모델 없이 문서의 문장을 그대로 인용한 답변입니다.", "Quoted from the documents; no language model was asked."),
    "refused_gate": (
        "가장 나은 발췌문이 답을 담고 있을 확률은 {probability}, 기준은 {threshold}입니다. 그래서 지어내지 않고 멈췄습니다.",
        "The best passage holds the answer with a probability of {probability}; the bar is {threshold}. So nothing was made up.",
    ),
    "refused_empty": ("질문과 맞는 발췌문을 찾지 못했습니다.", "No passage matched the question."),
    "check_ok": ("출처가 뒷받침합니다", "its source supports this"),
    "check_weak": ("출처가 약하게 뒷받침합니다", "its source supports this weakly"),
    "check_not": ("출처가 뒷받침하지 않습니다", "its source does not support this"),
    "checked": (
        "인용이 붙은 문장 {total}개 가운데 {supported}개를 출처가 뒷받침합니다.",
        "{supported} of {total} cited sentences are supported by their sources.",
    ),
    "sources": ("출처", "Sources"),
    "page": ("{page}쪽", "p. {page}"),
    "place": ("{number}위", "#{number}"),
    "moved": ("검색 {before} → 재정렬 {after}", "retrieved {before} → reranked {after}"),
    "retrieved": ("검색 {before}", "retrieved {before}"),
    "not_found": ("없음", "not found"),
    "likely": ("답일 확률 {value}", "{value} likely to answer"),
    "span": ("글자 {start}–{end}", "characters {start}–{end}"),
    "cited": ("인용됨", "cited"),
    "kept": ("출처", "kept"),
    "dropped": ("제외", "dropped"),
    "considered": ("살펴본 후보 {count}개", "All {count} candidates"),
    "candidates_line": ("출처 {kept}개 · 인용 {cited}개", "{kept} became sources · {cited} cited"),
    "cut": ("위의 {kept}개가 출처가 되고, 아래는 제외되었습니다", "The top {kept} became sources; everything below was dropped"),
    "no_second_look": ("두 번째 검토 없이 검색 순서 그대로입니다 ({reason})", "No second look: this is the retrieval order ({reason})"),
    "partial": (
        "시간 한도 안에서 {scored}/{of}개만 다시 보았고, 나머지는 검색 순서대로 그 뒤에 있습니다",
        "Within the time budget the second look reached {scored} of {of}; the rest follow in retrieval order",
    ),
    "ordered_by": (
        "최종 순서는 로짓 + {weight} × 융합 점수를 따릅니다",
        "The final order is by logit + {weight} × fused score",
    ),
    "turned_off": ("꺼져 있음", "turned off"),
    "nothing_to_rank": ("순위를 매길 것이 없음", "nothing to rank"),
    "final": ("최종", "Final"),
    "movement": ("이동", "Movement"),
    "passage": ("발췌문", "Passage"),
    "fused": ("융합", "Fused"),
    "dense": ("의미", "Dense"),
    "lexical": ("어휘", "Lexical"),
    "rerank": ("재정렬", "Rerank"),
    "probability": ("확률", "Prob."),
    "up": ("{places}계단 올라감", "up {places}"),
    "down": ("{places}계단 내려감", "down {places}"),
    "same": ("그대로", "same place"),
    "legend": (
        "이동: ○ 검색 순위에서 ● 최종 순위로, 왼쪽이 1위. 칸의 값은 순위와 그 아래 점수이며, 점수는 손대지 않은 원래 값입니다: 의미 = 코사인, 어휘 = BM25, "
        "융합 = 이 질문 안에서만 견줄 수 있는 값, 재정렬 = 재정렬 모델의 로짓.",
        "Movement: from ○ the retrieval rank to ● the final rank, 1st at the left. Cells show the rank over the score as computed: dense = cosine, "
        "lexical = BM25, fused = comparable within this question only, rerank = the reranker's logit.",
    ),
    "made_with": ("어떻게 만들어졌나", "How it was made"),
    "asked_at": ("물은 때", "Asked"),
    "model": ("언어 모델", "Language model"),
    "settings": ("설정", "Settings"),
    "settings_line": ("k = {k}, top_n = {top_n}, 두 번째 검토 {look}", "k = {k}, top_n = {top_n}, second look {look}"),
    "on": ("켬", "on"),
    "off": ("끔", "off"),
    "documents": ("찾은 문서", "Searched in"),
    "embedding": ("임베딩 모델", "Embedding model"),
    "reranker": ("재정렬 모델", "Reranker"),
    "index": ("색인", "Index"),
    "index_line": ("{index}, 커밋 {sequence}", "{index}, commit {sequence}"),
    "tokens": ("토큰", "Tokens"),
    "tokens_line": ("보냄 {sent} · 받음 {received}", "{sent} in · {received} out"),
    "tokens_estimated": ("보냄 약 {sent} · 받음 약 {received} (어림)", "about {sent} in · about {received} out (estimated)"),
    "times": ("걸린 시간", "Time"),
    "total_time": ("첫 글자 {first} · 전체 {total}", "first word after {first} · {total} in all"),
    "stage_condense": ("질문 풀기", "condense"),
    "stage_embed": ("임베딩", "embed"),
    "stage_retrieve": ("검색", "retrieve"),
    "stage_rerank": ("재정렬", "rerank"),
    "stage_gate": ("판정", "gate"),
    "stage_highlight": ("강조", "highlight"),
    "stage_write": ("작성", "write"),
    "footer": (
        "Second Look이 만든 기록입니다. 이 파일은 아무 곳에도 접속하지 않습니다. 발췌문은 원래 문서의 글 그대로입니다.",
        "Made by Second Look. This file contacts nothing. Passages are in the documents' own words.",
    ),
}  # fmt: skip


class Words:
    """``words(key, **values)`` in one language. The result is plain text: escape it where markup is built."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        text = WORDS[key][self.language == "en"]
        return text.format(**values) if values else text

    def rank(self, number: int | None) -> str:
        """``9`` -> "9위", "#9"."""
        return self("not_found") if number is None else self("place", number=number)
