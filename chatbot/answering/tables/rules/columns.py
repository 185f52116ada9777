"""Which column of a table a word means, and in which currency its figures are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from chatbot.answering.tables.typed_table import Column, Table
from chatbot.text.figures.units import currencies_in, currency_of, says_scale
from chatbot.text.plurals import without_plural

# one word in the question for a column of another name; closed, both ways
_SAME = (
    ("price", "prices", "cost", "costs", "가격", "값", "단가", "요금", "비용", "금액", "price_krw", "price_usd"),
    ("stock", "inventory", "재고", "재고량"), ("quantity", "qty", "amount", "수량"), ("sales", "revenue", "매출"),
    ("salary", "pay", "wage", "급여", "연봉", "월급"), ("age", "나이", "연령"), ("score", "점수"), ("weight", "무게"),
    ("length", "길이"), ("height", "높이"), ("width", "너비"), ("employees", "headcount", "staff", "인원", "직원", "직원수"),
    ("date", "day", "날짜", "일자", "year", "연도"), ("population", "인구"), ("area", "면적"), ("budget", "예산"),
    ("category", "categories", "type", "types", "kind", "kinds", "카테고리", "분류", "종류", "구분"),
    ("name", "names", "이름", "품명", "제품명", "상품명"), ("note", "notes", "remarks", "비고", "메모"),
    ("due", "deadline", "deadlines", "마감", "마감일", "기한", "납기"), ("expiry", "expire", "expires", "expiration", "만료", "만료일", "유효기간"),
    ("start", "starts", "started", "starting", "begin", "begins", "began", "시작", "시작일", "착수", "착수일"),
    ("end", "ends", "ended", "ending", "finish", "종료", "종료일", "끝나", "끝"), ("hired", "hire", "hires", "joined", "join", "입사", "입사일", "start_date", "startdate"),
    ("order", "ordered", "주문", "주문일"), ("release", "released", "출시", "출시일"), ("birth", "born", "생일", "생년월일"),
    ("founded", "established", "설립", "설립일", "창립"), ("delivery", "delivered", "납품", "배송", "배송일"), ("paid", "payment", "결제", "결제일", "지급"),
    ("opened", "opening", "open", "개점", "개업", "개업일"), ("team", "teams", "팀"), ("department", "departments", "부서"), ("vendor", "vendors", "supplier", "suppliers", "공급사", "거래처", "업체"),
)  # fmt: skip
_PERSONS = {
    "person", "people", "someone", "employee", "employees", "worker", "workers", "member", "members", "student", "students", "사람", "직원", "사원", "인물",
    "회원", "학생", "분", "player", "players", "teacher", "teachers", "participant", "participants", "선수", "선생님", "교사", "참가자",
}  # fmt: skip
_PRICES = set(_SAME[0])
_ONE_UNIT, _ALL_UNITS = {"단가"}, {"금액"}
_EXPENSES = {"cost", "costs", "비용"}
# what a row may be called, by the name of the column that tells the rows apart
_ROWS_OF = (
    (
        re.compile(
            r"성명|성함|직원|사원|회원|학생|\b(?:employee|staff|member|student|person)", re.IGNORECASE
        ),
        _PERSONS,
    ),
    (re.compile(r"도서|^책|책\s?(?:이름|제목)|\bbooks?\b", re.IGNORECASE), {"book", "books", "책", "도서"}),
    (re.compile(r"호실|객실|방|호수|\brooms?\b", re.IGNORECASE), {"room", "rooms", "방", "호실", "객실"}),
    (re.compile(r"^월$|월별|연월|\bmonths?\b", re.IGNORECASE), {"month", "months", "달", "월"}),
    (re.compile(r"^(?:연도|년도|해)$|\byears?\b", re.IGNORECASE), {"year", "years", "해", "연도"}),
    (
        re.compile(r"지점|매장|점포|가게|\b(?:store|shop|branch)\b", re.IGNORECASE),
        {"shop", "shops", "store", "stores", "branch", "branches", "지점", "매장", "점포", "가게"},
    ),
)
_NAMES = re.compile(r"^(?:이름|name|full name)$", re.IGNORECASE)
_OF_PERSONS = re.compile(
    r"부서|직급|직위|직책|입사|가입|\bjoined\b|\bhired\b|연봉|급여|나이|학년|생년|department|position|salary|hire|start date|\bage\b|job title|grade",
    re.IGNORECASE,
)
# columns that the cheapest may be of; "rent" is not said of any other price
_A_PRICE = re.compile(
    r"(?:매매|판매|분양|소비자|공급|할인|도매|소매|거래|출고|정|시|단)가$|(?:이용|입장|수강|사용|대여|관람|배송)료$|월세$|\b(?:fees?|fares?|rent|tuition)\b"
)
_A_YEAR = re.compile(
    r"연도|년도|년$|해$|설립|창립|출시|출생|개봉|year|founded|established|released?|born", re.IGNORECASE
)
# columns of numbers that count nothing: "Order no.", "상품번호"; "Order" alone where its numbers go up one by one or so
_A_NUMBER = re.compile(
    r"(?:^|[\s_])(?:id|nr|num|number|code|sku)\.?$|(?<=[a-z])[\s_]no\.?$|^no\.$|[#№]|번호$|코드$|^(?:순번|연번|학번|사번)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:order|invoice|ticket|case|booking|receipt|claim|주문|송장|접수|예약|영수증)$", re.IGNORECASE
)
_LEAST_NUMBER, _MOST_APART = 100, 20  # "Order: 5" may count orders; numbers of orders are near each other
_DATE_WORDS = {"date", "dates", "day", "날짜", "일자"}
# what a quality is called, and in which units it is told
_QUALITIES = {
    "weight": (
        re.compile(r"weight|무게|중량|체중", re.IGNORECASE),
        {"kg", "g", "mg", "t", "톤", "lb", "lbs", "oz"},
    ),
    "length": (
        re.compile(
            r"length|duration|distance|\b(?:days|nights|hours|minutes)\b|길이|기간|거리|시간|일수|전장",
            re.IGNORECASE,
        ),
        {"m", "cm", "mm", "km", "시간", "분", "일", "개월", "hours", "days", "minutes", "months", "years"},
    ),
}
_ADNOMINAL = re.compile(
    r"(?<=[가-힣]{2})(?:되는|하는|나는|된|한|할|될|인|(?:했|됐|되었|하였)(?:어요?|나요?|니|지|는지|을까요?|습니까)?)$"
)
_WHO_DID = re.compile(r"(?<=[가-힣]{2})자$")  # "입사자" of a column of days, "입사일"
_SUBJECT = re.compile(r"[가-힣][이가]")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|e|s)$")


def says(column: Column, word: str) -> bool:
    """Whether ``word`` means ``column``: a word of its name, or one of the same meaning."""
    bare = _ADNOMINAL.sub("", word)
    bare = _WHO_DID.sub("", bare) if column.kind == "date" else bare
    is_subject = _SUBJECT.fullmatch(word) and word[0] == column.name  # "팀이"
    return bool(is_subject) or _says(column, word) or (bare != word and _says(column, bare))


def is_number(column: Column) -> bool:
    """Whether the figures of ``column`` only tell the rows apart, as the numbers of orders: nobody adds them up."""
    filled = [value for value in column.values if isinstance(value, Decimal)]
    if column.kind != "number" or column.unit or len(set(filled)) != len(column.values):
        return False
    if any(value != value.to_integral_value() for value in filled):
        return False
    is_near = min(filled) >= _LEAST_NUMBER and max(filled) - min(filled) <= _MOST_APART * len(filled)
    return bool(_A_NUMBER.search(column.name) or (_NUMBERED.fullmatch(column.name) and is_near))


def is_name_of(column: Column, word: str) -> bool:
    """Whether ``word`` is the name of ``column`` itself, and not one of the same meaning."""
    return without_plural(word) == without_plural(column.name.casefold())


def says_rows_of(table: Table, word: str) -> bool:
    """Whether ``word`` is what a row of ``table`` is called: "book" where the first column of words has titles of books.

    "Name" alone may be that of a product; beside a salary, or an age, it is that of a person. Where several rows are of one
    month, no single row is that month.
    """
    words = next((column for column in table.columns if column.kind != "number"), table.columns[0])
    numbered = _A_NUMBER.sub("", table.columns[0].name.casefold()).strip(" _")
    if is_number(table.columns[0]) and without_plural(word) == without_plural(numbered):
        return True  # "the total amount of the orders", "주문 금액의 합계"
    return any(  # "101호" is read as a figure
        _is_row_of(table, column, word)
        for column in (table.columns[0], words)
        if len(set(column.values)) == len(column.values)
    )


def _is_row_of(table: Table, first: Column, word: str) -> bool:
    if word in _PERSONS and _NAMES.fullmatch(first.name):
        return any(_OF_PERSONS.search(column.name) for column in table.columns)
    return any(word in words and header.search(first.name) for header, words in _ROWS_OF)


def names_in_full(table: Table, text: str) -> list[str]:
    """The names of columns of several words that ``text`` says as they are written, the longest first: "1분기", "due date"."""
    said, found = text.casefold(), list[str]()
    for name in sorted({column.name for column in table.columns}, key=len, reverse=True):
        if len(re.findall(r"\d+|[^\W\d_]+", name)) > 1:
            rule = rf"(?<![^\W_]){re.escape(name.casefold())}(?![a-z0-9])"
            if re.search(rule, said):
                found.append(name)
                said = re.sub(rule, " ", said)
    return found


def _says(column: Column, word: str) -> bool:
    name = " ".join(re.split(r"[\s_/()\[\].,:-]+", column.name.lower()))
    own = {*name.split(), name.replace(" ", "_"), name.replace(" ", "")}
    if word in own or without_plural(word) in {without_plural(each) for each in own}:
        return True
    if word and word == column.unit.lower():
        return True
    if len(word) >= 2 and not word.isascii() and word in name:
        return True
    if column.kind == "date" and (
        word in _DATE_WORDS or (word.isascii() and _ENDING.sub("", word) in {_ENDING.sub("", o) for o in own})
    ):
        return True
    if column.is_expense and word in _PRICES - _EXPENSES:
        return False  # no product has it for a price
    if (word in _ONE_UNIT and own & _ALL_UNITS) or (word in _ALL_UNITS and own & _ONE_UNIT):
        return False  # "단가" is of one piece, "금액" of all that were sold
    if word in _PRICES and _A_PRICE.search(name):
        return True
    return any(word in group and own & set(group) for group in _SAME)


def has_quality(column: Column, quality: str) -> bool:
    """Whether the figures of ``column`` tell a "weight", or a "length"."""
    name, units = _QUALITIES[quality]
    return column.kind == "number" and (bool(name.search(column.name)) or column.unit.lower() in units)


def currencies_of(column: Column) -> set[str]:
    """The currencies that its unit and its name say; none where nothing says one."""
    own = currency_of(column.unit)
    return {own} if own else currencies_in(column.name)


def may_be_in(column: Column, currency: str) -> bool:
    """Whether an amount in ``currency`` may be compared with its numbers: no other currency, no unknown scale."""
    said = currencies_of(column)
    is_clear = not column.in_doubt and not says_scale(f"{column.name} {column.unit}")
    return is_clear and (currency in said or not said)


def of_currencies(table: Table, columns: Sequence[int], asked: str) -> list[int]:
    """Those of ``columns`` whose currency the question names."""
    named = currencies_in(asked)
    return [i for i in columns if currencies_of(table.columns[i]) & named]


def say_the_same(table: Table, columns: Sequence[int]) -> bool:
    """Whether all of them are prices that put the rows in one order: in won and in dollars."""
    prices = [table.columns[i] for i in columns]
    if not all(column.kind == "number" and says(column, "price") for column in prices):
        return False
    rows = [row for row in range(len(table.cells)) if all(c.values[row] is not None for c in prices)]
    first, *others = ([_number(column, row) for row in rows] for column in prices)
    order = sorted(range(len(rows)), key=first.__getitem__)
    return all((first[a] < first[b]) == (other[a] < other[b]) for other in others for a, b in pairwise(order))


def is_year(column: Column) -> bool:
    """Whether a column of numbers holds years."""
    filled = [value for value in column.values if value is not None]
    return (
        column.kind == "number"
        and not column.unit.strip("년")
        and bool(_A_YEAR.search(column.name))
        and bool(filled)
        and all(isinstance(v, Decimal) and v == v.to_integral_value() and 1800 <= v <= 2200 for v in filled)
    )


def _number(column: Column, row: int) -> Decimal:
    value = column.values[row]
    return value if isinstance(value, Decimal) else Decimal(0)
