"""Words of file names and titles in both languages, each under one word for both: "핸드북" and "handbook" are one.

A closed list: common words only, so that "직원 핸드북" finds employee-handbook.pdf. No sounds are compared.
"""

from __future__ import annotations

import re
from functools import lru_cache

# what a file may be; who names one of these names a document
KINDS = {
    "handbook": "핸드북 편람 handbook handbooks",
    "guide": "안내서 가이드 안내문 길잡이 가이드북 지침서 guide guidebook guides",
    "manual": "매뉴얼 설명서 사용설명서 취급설명서 manual manuals instructions",
    "list": "목록 리스트 명단 list lists",
    "glossary": "용어집 용어사전 glossary",
    "contract": "계약서 약정서 contract agreement contracts",
    "report": "보고서 리포트 report reports",
    "resume": "이력서 resume résumé resumé cv",
    "minutes": "회의록 의사록 minutes",
    "proposal": "제안서 기획서 proposal",
    "plan": "계획서 plan",
    "invoice": "송장 청구서 인보이스 invoice",
    "quotation": "견적서 quotation estimate",
    "paper": "논문 paper article thesis",
    "presentation": "발표자료 프레젠테이션 슬라이드 presentation slides deck slideshow",
    "notes": "노트 메모 notes note memo",
    "letter": "편지 서한 공문 letter",
    "specification": "명세서 사양서 specification spec specs datasheet",
    "terms": "약관 terms",
    "textbook": "교재 교과서 textbook book",
    "spreadsheet": "스프레드시트 엑셀 spreadsheet workbook sheet excel",
    "readme": "리드미 readme",
    "faq": "faq 자주묻는질문",
    "schedule": "일정표 schedule timetable",
    "statement": "진술서 내역서 statement",
}
_OTHERS = {
    "price": "가격 단가 price prices pricing", "employee": "직원 사원 임직원 employee staff employees", "annual": "연간 연례 annual yearly",
    "monthly": "월간 monthly", "weekly": "주간 weekly", "quarterly": "분기 quarterly", "financial": "재무 회계 financial finance",
    "sales": "매출 판매 영업 sales", "hr": "인사 hr", "robot": "로봇 robot", "vacuum": "청소기 진공청소기 vacuum cleaner", "ai": "인공지능 ai",
    "reranking": "재정렬 리랭킹 reranking rerank", "project": "프로젝트 project", "product": "제품 상품 product products",
    "customer": "고객 customer", "company": "회사 company", "privacy": "개인정보 privacy", "security": "보안 security",
    "travel": "출장 여행 travel", "meeting": "회의 meeting", "budget": "예산 예산안 budget", "research": "연구 research", "survey": "설문 조사 survey",
    "policy": "정책 방침 규정 policy policies", "rental": "임대차 임대 lease rental", "training": "교육 training", "technical": "기술 technical",
    "user": "사용자 user", "quality": "품질 quality", "lecture": "강의 lecture", "design": "설계 design", "marketing": "마케팅 marketing",
    "service": "서비스 service", "insurance": "보험 insurance", "tax": "세금 세무 tax", "recipe": "요리법 레시피 recipe recipes",
}  # fmt: skip
_COMPOUNDS = {"가격표": ("price", "list"), "단가표": ("price", "list"), "pricelist": ("price", "list")}
# they say "a document", and not which one
GENERIC = frozenset({
    "document", "documents", "doc", "docs", "file", "files", "pdf", "pdfs", "text", "content", "contents", "docx", "csv", "md",
    "txt", "xlsx", "pptx", "html", "hwp", "문서", "문서들", "파일", "파일들", "자료", "자료들", "글", "책", "내용",
})  # fmt: skip
_EMPTY = frozenset({
    "the", "a", "an", "my", "our", "your", "this", "that", "these", "those", "it", "its", "of", "to", "for", "from", "in", "on",
    "about", "and", "with", "here", "there", "이", "그", "저", "우리", "내", "제", "본", "해당", "사용", "위", "방금", "올린", "업로드한",
})  # fmt: skip
_PARTICLES = re.compile(
    r"(?:으로|에서|에는|에게|까지|들의|들을|들이|들은|의|을|를|은|는|이|가|에|도|만|과|와|랑|로|들)$"
)
_WORD = re.compile(r"[a-z\u00c0-\u024f]+|\d+(?:[월년분기차호회주]+)?|[가-힣]+")
_ONE_WORD = {
    said: (word,) for table in (KINDS, _OTHERS) for word, list_ in table.items() for said in list_.split()
} | _COMPOUNDS
_LONGEST = max(map(len, _ONE_WORD))
_WRITTEN: dict[str, tuple[str, ...]] = {
    word: tuple(said for said, words in _ONE_WORD.items() if word in words) for word in (*KINDS, *_OTHERS)
}


def vocabulary() -> frozenset[str]:
    """All words of the lists, as they are written."""
    return frozenset(_ONE_WORD)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or phrase, each as the list has it; without those that say nothing of which document."""
    text = text.replace("'s ", " ").casefold()
    return tuple(dict.fromkeys(word for said in _WORD.findall(text) for word in _words(said)))


def says_which_kind(words: tuple[str, ...]) -> bool:
    """Whether one of ``words`` is what a document may be."""
    return any(word in KINDS for word in words)


def written_as(word: str) -> tuple[str, ...]:
    """Texts of which a name must contain one, in small letters, for ``words_of`` to give ``word``."""
    return (word, *_WRITTEN.get(word, ()))


@lru_cache(maxsize=20_000)
def _words(said: str) -> tuple[str, ...]:
    """One written word as words of the list: without its particle, and compounds taken apart."""
    if said in _EMPTY or said in GENERIC:
        return ()
    if said in _ONE_WORD:
        return _ONE_WORD[said]
    bare = _PARTICLES.sub("", said)
    if bare != said and bare:
        return _words(bare)
    return _taken_apart(said) or (said,)


def _taken_apart(said: str) -> tuple[str, ...]:
    """A Korean compound all of whose parts are in the list: "로봇청소기설명서"; empty for others."""
    parts: list[str] = []
    at = 0
    while at < len(said):
        for end in range(min(len(said), at + _LONGEST), at + 1, -1):
            if (part := said[at:end]) in _ONE_WORD:
                parts.extend(_ONE_WORD[part])
                at = end
                break
        else:
            return ()
    return tuple(parts)
