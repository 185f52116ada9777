"""Emphasis in front of a particle, as Korean, Japanese and Chinese writers mean it; what is no emphasis stays."""

from __future__ import annotations

import pytest

from chatbot.rendering.answer import render_answer


def drawn(text: str) -> str:
    return render_answer(text, 0, "s").strip()


@pytest.mark.parametrize(
    ("inner", "particle"),
    [
        ("굵게(漢字)", "는"), ("“인용”", "이라고"), ("《책》", "을"), ("50%", "의"), ("끝입니다.", "라고"), ("25℃", "로"),
        ("C++", "는"), ("왜?", "라고"), ("日本語「引用」", "です"), ("東京(とうきょう)", "は"), ("模型(model)", "是"), ("HEPA (필터)", "를"),
    ],
)  # fmt: skip
def test_a_mark_behind_a_sign_closes_in_front_of_a_particle(inner: str, particle: str) -> None:
    for mark, tag in (("**", "strong"), ("__", "strong"), ("*", "em"), ("_", "em")):
        assert drawn(f"{mark}{inner}{mark}{particle}") == f"<p><{tag}>{inner}</{tag}>{particle}</p>"


def test_quotation_marks_stay_within_what_they_stand_in() -> None:
    assert drawn("**\"인용\"**이고 **'작은'**은") == (
        "<p><strong>&quot;인용&quot;</strong>이고 <strong>&#x27;작은&#x27;</strong>은</p>"
    )


def test_a_mark_opens_behind_a_letter_and_in_front_of_a_bracket() -> None:
    assert drawn("그는**「책」**을 (참고)**꼭**읽는다") == (
        "<p>그는<strong>「책」</strong>을 (참고)<strong>꼭</strong>읽는다</p>"
    )


def test_several_in_one_sentence_do_not_run_together() -> None:
    assert drawn("**크로스(cross)**는 **바이(bi)**보다 _훨씬_은 아니다") == (
        "<p><strong>크로스(cross)</strong>는 <strong>바이(bi)</strong>보다 <em>훨씬</em>은 아니다</p>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "__init__은 생성자", "snake_case는 _id_는", "직원_핸드북(1)_최종.pdf", "2 ** 3은 8, 2**3(제곱)은", "x = a*(b)*는", "비밀번호는 **** 입니다",
        "가격(원)*은 3이고 배송비(도서)*는 2", "**a(b)**c", "**중요 **는", r"\*\*굵게(x)\*\*는", "안녕~~ 네~~",
    ],
)  # fmt: skip
def test_what_is_no_emphasis_stays_as_it_is(text: str) -> None:
    assert drawn(text) == f"<p>{text.replace(chr(92), '')}</p>"


def test_code_and_formulas_keep_their_stars() -> None:
    html = drawn("`**굵게(x)**는` $a*(b)*c$는 **`코드()`**를")
    assert "<code>**굵게(x)**는</code>" in html
    assert "a*(b)*c" in html
    assert "<strong><code>코드()</code></strong>를" in html
