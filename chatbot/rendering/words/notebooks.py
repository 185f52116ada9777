"""Notebooks: the switcher, their settings, people and roles, the log."""

from __future__ import annotations

NOTEBOOKS: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "notebook": ("노트북", "Notebook"),
    "main_notebook": ("기본 노트북", "Main notebook"),
    "new_notebook": ("새 노트북", "New notebook"),
    "new_notebook_more": (
        "노트북마다 문서와 대화, 설정이 따로 있습니다.",
        "A notebook has documents, conversations and settings of its own.",
    ),
    "notebook_name": ("노트북 이름", "Name of the notebook"),
    "make_notebook": ("만들기", "Make it"),
    "from_export": ("내보낸 파일에서 가져오기 (선택)", "From an exported file (optional)"),
    "also_ask": ("함께 물을 노트북", "Ask these too"),
    "asked_together": (
        "노트북 {count}개에서 함께 찾습니다. 대화는 {name}에 남습니다.",
        "{count} notebooks are searched together; the conversation is kept in {name}.",
    ),
    "manage_notebook": ("노트북 관리", "Manage the notebook"),
    "no_notebook": ("열 수 있는 노트북이 없습니다", "No notebook is open to you"),
    "no_notebook_more": (
        "새 노트북을 만들거나, 다른 사람에게 노트북을 함께 쓰게 해 달라고 부탁해 주세요.",
        "Make one of your own, or ask somebody to share one with you.",
    ),
    # who reads it
    "read_by_you": (
        "나만 볼 수 있는 노트북입니다.",
        "What you add here can be read by you alone.",
    ),
    "read_by_people": (
        "여기에 올린 것은 다음 사람도 볼 수 있습니다: {names}",
        "What you add here can also be read by: {names}",
    ),
    "read_by_everybody": (
        "여기에 올린 것은 로그인한 모든 사람이 볼 수 있습니다.",
        "What you add here can be read by everybody who signs in.",
    ),
    "read_by_members": (
        "여기에 올린 것은 이 노트북을 함께 쓰는 모든 사람이 볼 수 있습니다.",
        "What you add here can be read by everybody who shares this notebook.",
    ),
    "and_others": ("그 밖에 {count}명", "{count} more"),
    "only_read": (
        "이 노트북에서는 묻고 출처를 볼 수 있습니다. 문서를 더하거나 빼는 것은 편집하는 사람과 소유자가 합니다.",
        "You can ask here and see the sources. Editors and owners add and remove documents.",
    ),
    # roles
    "role_viewer": ("보는 사람", "Viewer"),
    "role_editor": ("편집하는 사람", "Editor"),
    "role_owner": ("소유자", "Owner"),
    "role_none": ("없음", "None"),
    "role_viewer_more": ("묻고 문서와 출처를 봅니다", "asks, sees documents and sources"),
    "role_editor_more": ("문서를 더하고 뺍니다", "also adds and removes documents"),
    "role_owner_more": ("설정과 사람까지 맡습니다", "also looks after settings and people"),
    # the dialog
    "tab_notebook": ("노트북", "Notebook"),
    "tab_asking": ("설정", "Settings"),
    "tab_people": ("사람", "People"),
    "tab_log": ("기록", "Log"),
    "rename_notebook": ("이름 바꾸기", "Rename"),
    "archive_notebook": ("보관하기", "Archive"),
    "archive_more": ("보관한 노트북은 다시 꺼낼 때까지 묻거나 바꿀 수 없습니다.", "Nobody asks it or changes it until it is brought back."),
    "archived_notebooks": ("보관한 노트북", "Archived notebooks"),
    "bring_back": ("다시 꺼내기", "Bring back"),
    "export_prepare": ("내보낼 파일 준비", "Prepare an export"),
    "export_download": ("파일 받기", "Download it"),
    "export_more": ("문서만 담기고 대화는 담기지 않습니다.", "It holds the documents, not the conversations."),
    "leave_notebook": ("이 노트북에서 나가기", "Leave this notebook"),
    "delete_notebook": ("노트북 지우기", "Delete the notebook"),
    "delete_notebook_more": (
        "문서와 모든 사람의 대화가 함께 지워지고 되돌릴 수 없습니다. 지우려면 이름을 적어 주세요: {name}",
        "Its documents and everybody's conversations in it go, for good. Type its name to delete it: {name}",
    ),
    "settings_k": ("찾아볼 후보 수", "Candidates that are looked at"),
    "settings_top_n": ("출처로 남길 수", "Sources that are kept"),
    "settings_rerank": ("다시 보고 순서 매기기", "Take a second look"),
    "save_settings": ("모두에게 적용", "Apply for everybody"),
    "settings_more": (
        "이 노트북에서 묻는 사람이 따로 고르지 않으면 이렇게 찾습니다.",
        "This is how questions are asked here where a person chooses nothing else.",
    ),
    "everybody": ("로그인한 모든 사람", "Everybody who signs in"),
    "add_person": ("메일 주소나 ID", "E-mail address or id"),
    "add_person_more": (
        "한 번이라도 로그인한 사람에게 역할을 줄 수 있습니다.",
        "Somebody who has signed in at least once can be given a role.",
    ),
    "give_role": ("역할 주기", "Give the role"),
    "role": ("역할", "Role"),
    "administers": ("관리자로서 관리할 노트북", "A notebook to look after as an admin"),
    "log_empty": ("아직 기록이 없습니다.", "Nothing was noted yet."),
    "log_more": ("누가 언제 무엇을 바꾸었는지 남깁니다. 질문은 남기지 않습니다.", "Who changed what, and when. Questions are not in it."),
    "log_with_questions": (
        "누가 언제 무엇을 바꾸고 물었는지 남깁니다. 질문도 남습니다.",
        "Who changed and asked what, and when. Questions are in it.",
    ),
    "log_of_all": ("모든 노트북의 기록", "The log of all notebooks"),
    "command_line": ("이 컴퓨터에서", "on this machine"),  # whoever did not sign in: on the page or the command line
    "did_make": ("만듦", "made it"),
    "did_rename": ("이름을 바꿈, 전에는", "renamed it, was"),
    "did_archive": ("보관함", "archived it"),
    "did_bring_back": ("다시 꺼냄", "brought it back"),
    "did_delete": ("지움", "deleted it"),
    "did_settings": ("설정을 바꿈", "changed its settings"),
    "did_share": ("역할을 바꿈", "changed a role"),
    "did_leave": ("나감", "left"),
    "did_add": ("더함", "added"),
    "did_remove": ("뺌", "removed"),
    "did_export": ("내보냄", "exported it"),
    "did_import": ("가져옴", "imported it"),
    "did_import_failed": ("가져오지 못함", "could not import it"),
    "did_ask": ("물음", "asked"),
}  # fmt: skip
