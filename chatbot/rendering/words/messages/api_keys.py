"""API keys: not valid, not for this, not to be made."""

from __future__ import annotations

API_KEYS: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "this is no valid API key; make one with: secondlook keys make NAME": (
        "올바른 API 키가 아닙니다. 새로 만드세요: secondlook keys make 이름"
    ),
    "this API key was revoked; make another with: secondlook keys make NAME": (
        "폐기한 API 키입니다. 새로 만드세요: secondlook keys make 이름"
    ),
    "this API key has expired; make another with: secondlook keys make NAME": (
        "기한이 지난 API 키입니다. 새로 만드세요: secondlook keys make 이름"
    ),
    "this API key belongs to nobody who signs in; make one with: secondlook keys make NAME --person WHO": (
        "로그인하는 사람의 API 키가 아닙니다. 새로 만드세요: secondlook keys make 이름 --person 사람"
    ),
    "this key belongs to somebody else; use one of your own": "다른 사람의 키입니다. 자신의 키를 쓰세요.",
    "this API key is for {scopes} and does not allow that ({action}); use another": (
        "이 API 키는 {scopes}에만 쓸 수 있습니다. 다른 키를 쓰세요. ({action})"
    ),
    "the key would have expired already; choose a time to come": "이미 지난 기한입니다. 앞으로의 때를 골라 주세요.",
    "you have {count} keys, and more are not kept; revoke one first": (
        "이미 키 {count}개를 가지고 있어 더 만들 수 없습니다. 하나를 먼저 폐기해 주세요."
    ),
    "there is no key {number} of yours; see: secondlook keys list": (
        "{number}번 키가 없습니다. 다음 명령으로 볼 수 있습니다: secondlook keys list",
        "There is no key {number} of yours any more.",
    ),
    "keys are for people who have signed in; sign in first": "키는 로그인한 사람만 만들 수 있습니다. 먼저 로그인해 주세요.",
    "{text} is no time; give 90d, 12h, a day like 2027-01-31, or never": (
        "{text}: 기한이 아닙니다. 90d, 12h, 2027-01-31 같은 날, 또는 never로 적어 주세요."
    ),
    "{name} cannot be a key's name; give 1 to {most} characters": (
        "{name}: 키 이름으로 쓸 수 없습니다. 1자에서 {most}자 사이로 적어 주세요."
    ),
    "unknown scope {scope}; known: {known}": "{scope}: 모르는 범위입니다. 다음 가운데에서 골라 주세요: {known}",
}
