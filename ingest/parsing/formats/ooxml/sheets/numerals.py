"""Numbers in words of East Asia, as the formats ``[DBNum1]`` to ``[DBNum4]`` show them: 12,000,000 is 일천이백만."""

from __future__ import annotations

from decimal import Decimal

_KOREAN = 0x412
# digits, units below ten thousand, units of ten thousand
_SETS = {
    1: ("〇一二三四五六七八九", "十百千", ("", "萬", "億", "兆", "京")),
    2: ("零壹貳參四五六七八九", "拾百千", ("", "萬", "億", "兆", "京")),
    3: ("０１２３４５６７８９", "十百千", ("", "萬", "億", "兆", "京")),
    4: ("영일이삼사오육칠팔구", "십백천", ("", "만", "억", "조", "경")),
}
_CHINESE = {
    1: ("○一二三四五六七八九", "十百千", ("", "万", "亿", "兆", "京")),
    2: ("零壹贰叁肆伍陆柒捌玖", "拾佰仟", ("", "万", "亿", "兆", "京")),
}
_MOST = 10**20


def numerals(number: Decimal, kind: int, locale: int) -> str:
    """A number that is not negative, in the numerals of ``kind`` 1 to 4; ones with decimals digit by digit."""
    table = _SETS if locale in (0, _KOREAN) or kind not in _CHINESE else _CHINESE
    digits, small, large = table[kind]
    whole = int(number)
    if number != whole or whole >= _MOST:
        return "".join(digits[int(char)] if char.isdigit() else char for char in f"{number:f}")
    if not whole:
        return digits[0]
    groups: list[str] = []
    for unit in large:
        whole, group = divmod(whole, 10_000)
        if group:
            groups.append(_group(group, digits, small) + unit)
    return "".join(reversed(groups))


def _group(value: int, digits: str, small: str) -> str:
    found = ""
    for place, digit in enumerate(reversed(str(value))):
        if digit != "0":
            found = digits[int(digit)] + (small[place - 1] if place else "") + found
    return found
