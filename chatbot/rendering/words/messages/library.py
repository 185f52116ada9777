"""Notebooks and people: not there, not allowed, not possible."""

from __future__ import annotations

LIBRARY: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "the notebooks cannot be used: {reason}": "노트북 목록을 쓸 수 없습니다. {reason}",
    "no notebook {name}; known: {known}": (
        "열 수 있는 {name} 노트북이 없습니다. 열 수 있는 노트북: {known}",
        "There is no notebook {name} that is open to you. You can open: {known}",
    ),
    "your role in {notebook} does not allow that ({action}); ask one of its owners": (
        "{notebook} 노트북에서 맡은 역할로는 할 수 없는 일입니다. 노트북 소유자에게 부탁해 주세요. ({action})"
    ),
    "{notebook} is archived; bring it back first": "{notebook} 노트북은 보관되어 있습니다. 먼저 다시 꺼내 주세요.",
    "that is for admins alone ({action}); ask one of them": "관리자만 할 수 있는 일입니다. 관리자에게 부탁해 주세요. ({action})",
    "several notebooks are called {name}; say which by its number: {numbers}": (
        "이름이 {name}인 노트북이 여럿 있습니다. 번호로 골라 주세요: {numbers}"
    ),
    "there is a notebook {name} already; choose another name": "{name} 노트북이 이미 있습니다. 다른 이름을 적어 주세요.",
    "you own {count} notebooks, and more are not kept; delete one first": (
        "이미 노트북 {count}개를 가지고 있어 더 만들 수 없습니다. 하나를 먼저 지워 주세요."
    ),
    "{name} cannot be a notebook's name; give 1 to {most} characters that do not begin with #": (
        "{name}: 노트북 이름으로 쓸 수 없습니다. #으로 시작하지 않게 1자에서 {most}자 사이로 적어 주세요."
    ),
    "the first notebook cannot be archived or deleted; remove its documents": (
        "첫 노트북은 보관하거나 지울 수 없습니다. 대신 그 안의 문서를 빼 주세요."
    ),
    "unknown role {role}; known: viewer, editor, owner": "{role}: 모르는 역할입니다. viewer, editor, owner 가운데 하나를 골라 주세요.",
    "everybody cannot own a notebook; make them viewer or editor": "모두를 소유자로 할 수는 없습니다. 보는 사람이나 편집하는 사람으로 해 주세요.",
    "{notebook} is there for everybody who signs in; there is nothing to leave": (
        "{notebook} 노트북은 로그인한 모든 사람에게 열려 있어 나갈 수 없습니다. 따로 할 일은 없습니다."
    ),
    "a notebook needs an owner; make somebody else one first": "노트북에는 소유자가 있어야 합니다. 먼저 다른 사람을 소유자로 해 주세요.",
    "this notebook is not open to you any more; open it again": "이 노트북은 이제 열 수 없습니다. 다시 열어 주세요.",
    "several notebooks at once are only read; open one of them to change it": "노트북 여럿을 함께 열면 읽기만 할 수 있습니다. 바꾸려면 하나만 열어 주세요.",
    "{most} notebooks can be asked at once; choose fewer": "한 번에 노트북 {most}개까지 물을 수 있습니다. 줄여 주세요.",
    "several people have the address {who}; say which by their id: {ids}": "주소가 {who}인 사람이 여럿입니다. ID로 골라 주세요: {ids}",
    "nobody known as {who} has signed in yet; they have to do it once": "{who}: 아직 로그인한 적이 없는 사람입니다. 그 사람이 한 번 로그인한 뒤에 다시 해 주세요.",
}  # fmt: skip
