"""The index in PostgreSQL: and the tables beside it: not reachable, not this program's, changed by somebody else."""

from __future__ import annotations

POSTGRES: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "PostgreSQL cannot be reached or used ({error}); what was stored is safe; try again in a moment": "PostgreSQL에 연결하거나 쓸 수 없습니다. 저장한 것은 안전하니 잠시 뒤에 다시 시도해 주세요. ({error})",
    "PostgreSQL refused ({error}); the index is as before": "PostgreSQL이 거절했습니다. 색인은 전과 같습니다. ({error})",
    "{name} is no connection string that PostgreSQL understands; set it to postgresql://user@host/database": "{name} 환경 변수의 값을 PostgreSQL이 연결 문자열로 읽지 못합니다. postgresql://user@host/database 형식으로 설정해 주세요.",
    "the index has been closed; open the store again": "색인이 닫혔습니다. 페이지를 새로 고쳐 주세요.",
    "PostgreSQL has pgvector {version}, and {needed} is needed; update the extension": "PostgreSQL의 pgvector가 {version}인데 {needed} 이상이 필요합니다. 확장을 업데이트해 주세요.",
    "no index in the schema {name} of the database; run: secondlook ingest FOLDER": (
        "데이터베이스의 {name} 스키마에 아직 색인이 없습니다. 「문서」 화면에서 파일을 올리거나 다음을 실행해 주세요: secondlook ingest FOLDER",
        "There is no index in the schema {name} of the database yet. Add files on the Documents page, or run: secondlook ingest FOLDER",
    ),
    "the index in the schema {name} has version {version}, this program reads {known}; use a newer version of it": "{name} 스키마의 색인은 버전 {version}인데 이 프로그램은 {known}까지 읽습니다. 더 새로운 프로그램을 써 주세요.",
    "{name} holds a character that PostgreSQL cannot store (NUL); nothing was stored": "{name}: PostgreSQL에 저장할 수 없는 글자(NUL)가 있어 저장하지 않았습니다.",
    "the index was changed while the new one was built; run the command again": "새 색인을 만드는 동안 색인이 바뀌었습니다. 명령을 다시 실행해 주세요.",
    "the index to copy into holds {name}, which is not so in the other; choose an empty one": "옮겨 담을 색인에 다른 색인과 맞지 않는 {name} 문서가 있습니다. 빈 색인을 골라 주세요.",
    "all {count} connections to PostgreSQL are in use; try again in a moment": "PostgreSQL 연결 {count}개가 모두 쓰이고 있습니다. 잠시 뒤에 다시 시도해 주세요.",
    "PostgreSQL refused ({error}); nothing was changed": "PostgreSQL이 거절했습니다. 바뀐 것은 없습니다. ({error})",
    "where conversations are to be copied to are others already (number {number}); choose an empty place": "대화를 옮겨 담을 곳에 다른 대화(번호 {number})가 이미 있습니다. 빈 곳을 골라 주세요.",
    "where the notebooks are to be copied to are others already; choose an empty place": "노트북 목록을 옮겨 담을 곳에 다른 노트북이 이미 있습니다. 빈 곳을 골라 주세요.",
    "what you may do is not known now: {reason}": "지금은 사용 한도를 확인할 수 없습니다. {reason}",
    "what is watched is not known: {reason}": "어떤 폴더를 지켜보고 있는지 알 수 없습니다. {reason}",
    "somebody else is changing the same; try again in a moment": "다른 사람이 같은 것을 바꾸고 있습니다. 잠시 뒤에 다시 시도해 주세요.",
    "somebody else has just changed or removed the same; look at it anew": "다른 사람이 방금 같은 것을 바꾸거나 지웠습니다. 다시 확인해 주세요.",
    "store.schema {name} is too long; choose a name of at most {most} characters": "store.schema의 {name} 이름이 너무 깁니다. {most}자 이하로 지어 주세요.",
    'store.backend postgres needs a package that is not here ({error}); run: pip install "secondlook[postgres]"': '설정의 store.backend postgres에 필요한 패키지가 없습니다. 다음을 실행해 주세요: pip install "secondlook[postgres]" ({error})',
}
