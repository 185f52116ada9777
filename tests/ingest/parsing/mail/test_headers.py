"""Headers as mail programs and people wrote them."""

from __future__ import annotations

import base64

import pytest


def word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


CUT = base64.b64encode("보일러 교체".encode()).decode()


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("보일러 교체 견적".encode(), "보일러 교체 견적"),
        ("보일러 교체 견적 회신".encode("cp949"), "보일러 교체 견적 회신"),
        (word("보일러 교체", "euc-kr").encode(), "보일러 교체"),
        (f"Re: {word('보일러', 'utf-8')}\r\n {word(' 교체', 'utf-8')} x".encode(), "Re: 보일러 교체 x"),
        # a character cut in two by the end of a word
        (
            f"=?UTF-8?B?{base64.b64encode('보일러'.encode()[:4]).decode()}?= =?UTF-8?B?{base64.b64encode('보일러'.encode()[4:]).decode()}?=".encode(),
            "보일러",
        ),
        # without its padding, and with a space within
        (f"=?UTF-8?B?{CUT.rstrip('=')}?=".encode(), "보일러 교체"),
        (b"=?utf-8?Q?caf=C3=A9 au lait=21?=", "café au lait!"),
        (b"=?iso-8859-1?Q?=EB=B3=B4?= x", "보 x"),
        (b"=?no-such-thing?B?67O0?=", "보"),
        (b"a =?utf-8?q?unfinished", "a =?utf-8?q?unfinished"),
        ("회의 (2회차) = 10^6?".encode(), "회의 (2회차) = 10^6?"),
    ],
)
def test_subjects(parsed, raw: bytes, subject: str) -> None:
    document = parsed(
        "a.eml", b"From: a@b.kr\r\nTo: c@d.kr\r\nSubject: " + raw + b"\r\nMIME-Version: 1.0\r\n\r\nBody."
    )
    assert document.title == subject
    assert document.text.startswith(f"{subject}\n\nFrom: a@b.kr")


NAMES = [
    'filename="견적서.txt"'.encode(),
    f'filename="{word("견적서.txt", "euc-kr")}"'.encode(),
    b"filename*=UTF-8''%EA%B2%AC%EC%A0%81%EC%84%9C.txt",
    b"filename*0*=UTF-8''%EA%B2%AC; filename*1*=%EC%A0%81%EC%84%9C.txt",
    b"filename*=EUC-KR''" + "".join(f"%{byte:02X}" for byte in "견적서.txt".encode("cp949")).encode(),
    b'filename="' + "견적서.txt".encode("cp949") + b'"',
    b"name=x.txt; filename*=no-such-thing''%EA%B2%AC%EC%A0%81%EC%84%9C.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_attachments(parsed, outline, name: bytes) -> None:
    data = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nBody.\n"
        b"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; "
        + name
        + b"\n\nThe sum is 1,250.\n--b--\n"
    )
    assert outline(parsed("a.eml", data))[2:] == [
        ("heading2", "견적서.txt"),
        ("paragraph", "The sum is 1,250."),
    ]


def test_a_name_of_letters_that_only_cp949_has(parsed) -> None:
    """ "똠" and "펲" are in CP949, but not in the EUC-KR that the name says."""
    name = "".join(f"%{byte:02X}" for byte in "똠펲시.txt".encode("cp949"))
    data = f"Subject: x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=euc-kr''{name}\n\nwords"
    assert parsed("a.eml", data).text == "x\n\n똠펲시.txt\n\nwords"
