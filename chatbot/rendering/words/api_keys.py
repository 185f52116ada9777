"""API keys: the dialog in which they are made, shown once, listed and revoked."""

from __future__ import annotations

API_KEYS: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "api_keys": ("프로그램용 키", "Keys for programs"),
    "api_keys_more": (
        "키를 가진 프로그램은 내가 할 수 있는 일만, 또는 그보다 적은 일만 할 수 있습니다. 프로그램은 secondlook serve로 물어봅니다.",
        "A program with a key may do what you may, or less. Programs ask through secondlook serve.",
    ),
    "api_key_name": ("쓰이는 곳", "What it is for"),
    "api_key_example": ("예: 노트북 컴퓨터의 편집기", "for example: editor on my laptop"),
    "api_key_scopes": ("할 수 있는 일", "What it may do"),
    "scope_ask": ("묻고 찾기", "ask and search"),
    "scope_documents": ("문서 더하고 빼기", "add and remove documents"),
    "scope_models": ("임베딩과 순위 매기기", "embed and rank texts"),
    "api_key_notebook": ("열 수 있는 노트북", "Notebooks that it opens"),
    "api_key_all_notebooks": ("내가 열 수 있는 모두", "all that I may open"),
    "api_key_expires": ("기한", "Until"),
    "expires_30d": ("30일", "30 days"),
    "expires_90d": ("90일", "90 days"),
    "expires_365d": ("1년", "a year"),
    "expires_never": ("기한 없음", "no end"),
    "api_key_make": ("키 만들기", "Make a key"),
    "api_key_once": ("지금 복사해 두세요", "Copy it now"),
    "api_key_once_more": (
        "이 키는 다시 보여 드릴 수 없습니다. 여기에는 확인용 값만 남습니다.",
        "It cannot be shown again: only what it is checked by is kept here.",
    ),
    "api_key_copied": ("복사했습니다", "I have copied it"),
    "api_keys_none": ("아직 만든 키가 없습니다.", "There is no key yet."),
    "api_keys_ended": ("더는 쓸 수 없는 키 {count}개", "{count} that open nothing any more"),
    "api_keys_of_all": ("모든 사람의 키", "The keys of all people"),
    "api_key_of_machine": ("이 컴퓨터의 키", "of this machine"),
    "api_key_used": ("{when} 사용", "used {when}"),
    "api_key_unused": ("사용한 적 없음", "never used"),
    "api_key_until": ("{when}까지", "until {when}"),
    "api_key_expired": ("{when}에 기한이 지남", "expired {when}"),
    "api_key_revoked": ("{when}에 폐기", "revoked {when}"),
    "api_key_revoke": ("{name} 폐기", "Revoke {name}"),
    "api_key_revoke_more": (
        "이 키를 쓰는 프로그램은 다음 요청부터 거절됩니다. 되돌릴 수 없습니다.",
        "Programs that use it are refused from their next request on, for good.",
    ),
    "api_key_revoke_now": ("폐기하기", "Revoke it"),
    "did_make_key": ("키를 만듦", "made a key"),
    "did_revoke_key": ("키를 폐기함", "revoked a key"),
}  # fmt: skip
