from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import DocumentRefused
from ingest.parsing.encoding import decode
from paths import SHARED

SEED = SHARED / "data" / "seed"
needs_seed = pytest.mark.skipif(not SEED.is_dir(), reason="the shared seed documents are not here")

KOREAN = (
    "보일러 사용 설명서입니다. 전원을 켜기 전에 가스 밸브가 열려 있는지 확인하십시오.\n"
    "이상이 생기면 서비스 센터(1588-1234)로 연락해 주십시오. Word2Vec은 단어를 벡터로 바꿉니다.\n"
    "똠방각하와 펲시콜라처럼 드문 글자도 있습니다."
)
HANJA = "이 논문은 訓民正音 解例本의 意義를 살핀다. 世宗大王이 創製한 文字이다."
JAPANESE = (
    "本日は晴天なり。東京都渋谷区の小さな喫茶店でコーヒーを飲みながら話をしました。価格は１２００円です。"
)
CHINESE = "今天天气很好，我们去北京的故宫博物院参观。那里有很多珍贵的文物，包括瓷器、书画和青铜器。"
FRENCH = "L’été dernier, à la forêt, nous avons mangé des crêpes – déjà très agréable. Ça coûte 12 € à Noël."
GERMAN = "Die Größe der Bäume überraschte Frau Müller. Straße, Fußgänger, Äpfel und Öl."
SPANISH = "El niño comió piña en España. ¿Qué pasó mañana? ¡Adiós, señor!"
RUSSIAN = "Сегодня хорошая погода, и мы пошли гулять в парк. Искусственный интеллект меняет мир."
GREEK = "Σήμερα ο καιρός είναι πολύ καλός και πήγαμε βόλτα στο πάρκο με τα παιδιά μας."
ENGLISH = "He said “hello” – it’s fine."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (KOREAN, name)
            for name in ("utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le")
        ),
        (KOREAN.replace("똠방각하와 펲시콜라처럼 ", ""), "euc_kr"),
        (HANJA, "cp949"),
        ("안녕", "cp949"),
        *(
            (JAPANESE, name)
            for name in ("shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")
        ),
        *((CHINESE, name) for name in ("gb18030", "utf-16-le")),
        (FRENCH, "cp1252"),
        *((text, "latin-1") for text in (GERMAN, SPANISH, "café")),
        (ENGLISH, "cp1252"),
        *((ENGLISH, name) for name in ("utf-16-le", "utf-16-be")),
        *((RUSSIAN, name) for name in ("cp1251", "koi8_r", "utf-16-le")),
        (GREEK, "cp1253"),
    ],
)
def test_text_in_any_encoding_comes_back_without_a_wrong_character(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text
    assert decode((text * 30).encode(encoding))[0] == text * 30


@needs_seed
@pytest.mark.parametrize("name", ["utf8", "CP949", "EUCKR"])
def test_the_glossary_has_no_wrong_character_in_any_of_its_encodings(name: str) -> None:
    expected = (SEED / "appendix-keywords.txt").read_text("utf-8")
    assert decode((SEED / f"appendix-keywords-{name}.txt").read_bytes())[0] == expected


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
        lambda text: text[0] != "\ufeff"
    )
)
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize("size", [64, 1_000, 50_000])
def test_binary_data_is_refused_not_decoded(size: int) -> None:
    with pytest.raises(DocumentRefused, match=r"binary|no known encoding"):
        decode(random.Random(size).randbytes(size))


def test_a_utf8_file_cut_within_a_character_keeps_all_whole_ones() -> None:
    assert decode("가나다라마바사아자차카타파하".encode()[:-1]) == ("가나다라마바사아자차카타파", "utf-8")
    assert decode("가나다라마바사아자차카타파하".encode("cp949")[:-1]) == (
        "가나다라마바사아자차카타파",
        "cp949",
    )


def test_a_few_broken_bytes_in_utf8_are_marked_as_damage() -> None:
    data = (KOREAN * 30).encode()
    text, encoding = decode(data[:600] + b"\xff" + data[600:])
    assert encoding == "utf-8 (damaged)"
    assert text.count("\ufffd") in (1, 2, 3)
    assert text.endswith(KOREAN)
    with pytest.raises(DocumentRefused, match="no known encoding"):
        decode(b"\xff\xfe".join(KOREAN.encode()[i : i + 7] for i in range(1, 400, 7)))
