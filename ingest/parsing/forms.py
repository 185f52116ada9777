"""Tables that are forms: labels beside their values, in one pair of columns or two, and no header above them.

    | 일시 | 10월 16일 |            일시: 10월 16일
    | 참가비 | 18,500원 |     ->    참가비: 18,500원

Read as a table, the first pair would be the header of all others. What looks like both stays a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal, TypeAlias

# what a format itself tells of a table: its first row is a header, or its first cells are labels; else empty
Told: TypeAlias = Literal["", "header", "labels"]
_Kind: TypeAlias = Literal["contact", "date", "empty", "figure", "long", "period", "words"]

_MOST_ROWS = 40  # of a form; longer tables without a header are lists
_LABEL = 30  # characters
_LABEL_WORDS = 5
_LONG = 40  # characters of a value that is too long for a header; half of it in Hangul
_MOST = 0.8  # of the values below the first row, to call them all of one kind

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PERIOD = re.compile(
    r"(?:fy ?)?(?:19|20)\d\d(?: ?[-/–~] ?\d{2,4})? ?(?:년도?|年)?(?: ?[/.-]? ?(?:\d{1,2}월|[1-4]분기|[상하]반기|[qh][1-4]))?"
    rf"|\d{{1,2}}월|[1-4]분기|[qh][1-4](?: \d{{4}})?|{_MONTH}(?: (?:19|20)\d\d)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{4} ?[-./년] ?\d{1,2} ?[-./월] ?\d{1,2}|\d{1,2}월 ?\d{1,2}일|(?<![\d:])\d{1,2}:\d\d(?!\d)|(?:오전|오후) ?\d{1,2}시"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?![a-z])|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}} ?[ap]\.?m\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\w@\w|https?://|www\.|(?<!\d)0\d{1,3}[-) ] ?\d{3,4}[- ]\d{3,4}|\+\d{1,3}[ \d()-]{7,}")
_FIGURE = re.compile(
    r"[-+−~약(]? ?(?:[$€£¥₩]|[A-Z]{3} )? ?\d[\d,.]*(?: ?[^\W\d_]{1,10}| ?%| ?[€₩])?(?: ?/ ?[^\W\d_]{1,10})?\)?"
)
_MONEY = re.compile(r"[$€£¥₩]|원\b|\b(?:EUR|USD|GBP|KRW|JPY|CHF)\b")
_SENTENCE = re.compile(r".{12,}[.!?다요]")
_HANGUL = re.compile("[가-힣]")
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)]|[가-하][.)]|[①-⑳○□◦•·*-])\s*")
_ASIDE = re.compile(r"\(.*?\)|[*:：]")

# what forms ask for
_KNOWN_KO = re.compile(
    r".*(?:일시|일자|날짜|기간|기한|시간|시각|장소|위치|주소|대상|인원|정원|비용|금액|요금|교통|교통편|준비물|문의|문의처|연락처|전화|번호"
    r"|휴대폰|팩스|이메일|메일|홈페이지|누리집|성명|이름|성별|연령|나이|국적|소속|부서|학과|전공|직위|직책|직급|담당|담당자|책임자|작성자"
    r"|신청인|신청자|보호자|임대인|임차인|대표|대표자|강사|신청|접수|방법|서류|자격|마감|발표|주최|주관|후원|목적|주제|제목|사유"
    r"|계좌|은행|예금주|학교|학년|학번|업체명|회사명|상호|기관명|행사명|과정명|사업명|제품명|품명|모델명|면적|규모|구성|출발|도착|집결|숙소|식사|점심"
    r"|복장|유의사항|주의사항|기타|비고|참석자|안건|등급|보증금|월세|급여|근무지|제조사|제조국|원산지|보증|색상|크기|무게|중량|재질"
    r"|(?<=[가-힣]{2})[일비료])"
)
_KNOWN_EN = frozenset(
    {
        "name", "surname", "title", "date", "day", "time", "start", "end", "begins", "ends", "duration", "period",
        "deadline", "due", "place", "venue", "location", "address", "city", "room", "phone", "telephone", "tel",
        "mobile", "fax", "email", "e-mail", "mail", "website", "web", "url", "fee", "fees", "cost", "price", "amount",
        "total", "deposit", "rent", "payment", "contact", "person", "organiser", "organizer", "organisation",
        "organization", "company", "department", "position", "role", "manager", "supervisor", "applicant", "admission",
        "tickets", "landlord", "tenant", "employee", "employer", "customer", "client", "owner", "author", "speaker",
        "teacher", "instructor", "age", "birth", "gender", "sex", "nationality", "occupation", "signature", "number",
        "no", "id", "reference", "ref", "account", "bank", "iban", "participants", "attendees", "audience", "capacity",
        "seats", "transport", "travel", "parking", "meeting", "bring", "lunch", "meals", "dress", "language", "topic",
        "subject", "purpose", "reason", "agenda", "notes", "note", "remarks", "comments", "status", "grade", "class",
        "school", "model", "manufacturer", "warranty", "weight", "size", "colour", "color", "material", "registration"
    }
)  # fmt: skip
# what stands above columns
_ABOVE = re.compile(
    r"구분|항목|품목|분류|종류|유형|형식|내용|세부 ?내용|상세|설명|값|의미|뜻|예시|기준|결과|상태|단위|단가|가격|수량|점수|비율|순위|합계"
    r"|(?:unit )?(?:items?|categor(?:y|ies)|types?|kinds?|fields?|values?|descriptions?|details?|meanings?|examples?|contents?|defaults?"
    r"|formats?|explanations?|answers?|questions?|responses?|prices?|qty|quantit(?:y|ies)|units?|results?|scores?|counts?|rates?|percent"
    r"|columns?|terms?|definitions?|information|tasks?|nutrients?|measures?|metrics?|parameters?|properties|property)",
    re.IGNORECASE,
)


def form_lines(rows: Sequence[Sequence[str]], told: Told = "") -> list[str]:
    """A line "label: value" for each pair where ``rows`` are a form; empty where they are a table.

    ``rows`` have one length, and each cell is one line.
    """
    if told == "header" or not rows or len(rows) > _MOST_ROWS or not 2 <= len(rows[0]) <= 4:
        return []
    by_row = [_pairs(row) for row in rows]
    pairs = [pair for row in by_row for pair in row]
    # a merged cell says its label in each row that it covers
    labels = [label for label, _ in groupby(label for label, _ in pairs)]
    # "Line 1", "Line 2" are a list
    different = {_DIGITS.sub("", label) for label in labels}
    if not all(by_row) or len(pairs) < 2 or len(different) < len(labels) or not all(map(_is_label, labels)):
        return []
    is_told = told == "labels" or all(label.endswith((":", "：")) for label in labels)
    side_by_side = any(len(row) > 1 for row in by_row)
    if not (is_told or (_are_two_columns(by_row) if side_by_side else _is_column(pairs))):
        return []
    bare = [(label.rstrip(":： "), value) for label, value in pairs]
    return [f"{label}: {value}" if value else label for label, value in bare]


def _pairs(row: Sequence[str]) -> list[tuple[str, str]]:
    """The labels of a row with their values; empty where it has none. A merged value fills all that is left of it."""
    first, value, *rest = row
    if not first:
        return []
    if all(cell in ("", value) for cell in rest):
        return [(first, value)]
    if len(row) < 4 or not row[2]:
        return []
    return [(first, value), (row[2], row[3])]


def _is_column(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the first pair is one of them, and no header."""
    (label, value), *below = pairs
    if _is_above(label) or _is_above(value) or _is_named_by(label, [other for other, _ in below]):
        return False
    kinds = [_kind_of(other) for _, other in below if other]
    known = sum(_is_known(other) for other, _ in below) / len(below)
    first, different = _kind_of(value), set(kinds)
    is_known = known >= 0.5
    match first:
        case "contact":
            return True
        case "words" | "period" | "empty":
            if not _is_known(label) or (value and _is_known(value)) or different == {"figure"}:
                return False
            # a column of a table has one kind of values
            return known == 1 or len(different - {"words"}) > 1 or (is_known and len(different) > 1)
        case "figure" if kinds.count("figure") >= _MOST * len(kinds):
            return is_known or bool(_MONEY.search(value))
    if kinds.count("figure") >= _MOST * len(kinds) or different <= {"words"}:
        return is_known
    return is_known or len(different) > 1 or first in different


def _is_named_by(label: str, others: Sequence[str]) -> bool:
    """Whether ``others`` are of the kind that ``label`` says: "학교" above "한빛초등학교"."""
    bare = _bare(label).casefold()
    return bool(bare) and sum(_bare(other).casefold().endswith(bare) for other in others) * 2 > len(others)


def _are_two_columns(rows: Sequence[Sequence[tuple[str, str]]]) -> bool:
    """Whether pairs stand beside each other: most labels are what forms ask for, and no value of the first row is."""
    labels = [label for row in rows for label, _ in row]
    values = [value for _, value in rows[0]]
    if sum(map(_is_known, labels)) * 2 < len(labels) or not any(_is_known(label) for label, _ in rows[0]):
        return False
    if any(value and (_is_known(value) or _is_above(value)) for value in values):
        return False
    right = [row[1][0] for row in rows if len(row) > 1]
    return sum(map(_is_known, right)) * 2 >= len(right)


def _kind_of(text: str) -> _Kind:
    if not text:
        return "empty"
    if _PERIOD.fullmatch(text):
        return "period"
    if _CONTACT.search(text):
        return "contact"
    if _DATE.search(text):
        return "date"
    if _FIGURE.fullmatch(text):
        return "figure"
    most = _LONG // 2 if _HANGUL.search(text) else _LONG
    return "long" if len(text) > most or _SENTENCE.fullmatch(text) else "words"


def _is_label(text: str) -> bool:
    return (
        len(text) <= _LABEL
        and len(text.split()) <= _LABEL_WORDS
        and any(map(str.isalpha, text))
        and _kind_of(text) in ("words", "long")
        and not text.endswith((".", "!", "?"))
    )


def _bare(label: str) -> str:
    return _ASIDE.sub("", _NUMBERED.sub("", label)).strip()


def _is_above(text: str) -> bool:
    return _ABOVE.fullmatch(_bare(text)) is not None


def _is_known(label: str) -> bool:
    bare = _bare(label)
    if _HANGUL.search(bare):
        return _KNOWN_KO.fullmatch(bare.replace(" ", "")) is not None
    words = bare.casefold().replace("/", " ").replace(".", "").split()
    return len(words) <= 4 and any(word in _KNOWN_EN for word in words)
