"""What the server says to a request that it refuses: shown by a browser as plain text, without the page."""

from __future__ import annotations

SERVER: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "refused_host": (
        "이 주소로는 페이지를 열 수 없습니다. 다른 이름으로 열려면 그 이름과 함께 시작하세요: secondlook app --host 이름",
        "The page cannot be opened under this address. To open it under another name, start it with: secondlook app --host NAME",
    ),
    "refused_page": (
        "다른 웹페이지는 이 페이지에 접근할 수 없습니다.",
        "Other web pages have no access to this page.",
    ),
    "refused_path": ("여기에는 아무것도 없습니다.", "There is nothing here."),
    "refused_method": ("이 방식의 요청은 받지 않습니다.", "Requests of this kind are not taken."),
    "refused_person": ("로그인한 뒤에 다시 시도하세요.", "Sign in and try again."),
    "refused_crowd": (
        "지금은 열려 있는 페이지가 너무 많습니다. 잠시 후 다시 시도하거나, 열어 둔 다른 탭을 닫으세요. 로그인한 분은 계속 사용할 수 있습니다.",
        "Too many pages are open just now. Try again in a while, or close other tabs. Whoever has signed in can go on.",
    ),
    "refused_length": (
        "파일의 크기를 알 수 없어 받지 않았습니다.",
        "The size of the file is not given, so it was not taken.",
    ),
    "refused_amount": (
        "한꺼번에 올린 파일이 너무 많습니다. 앞서 올린 파일이 처리된 뒤에 다시 올리세요.",
        "Too much is being uploaded at once. Upload it again when the earlier files have been read.",
    ),
}
