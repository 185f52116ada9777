"""The index and the kept conversations: not there, not readable, not writable, of another model."""

from __future__ import annotations

INDEX: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "nothing was found in the documents about: {names}": (
        "문서에서 다음에 대한 내용을 찾지 못했습니다: {names}.",
        "Nothing was found in the documents about: {names}.",
    ),
    "no index at {folder}; run: secondlook ingest FOLDER": (
        "{folder} 폴더에 아직 색인이 없습니다. 「문서」 화면에서 파일을 올리거나 다음을 실행해 주세요: secondlook ingest FOLDER",
        "There is no index at {folder} yet. Add files on the Documents page, or run: secondlook ingest FOLDER",
    ),
    "{folder} is being written by {what}; wait for it to finish, then try again": "{what}에서 {folder} 폴더의 색인에 쓰고 있습니다. 끝난 뒤에 다시 시도해 주세요.",
    "process {number}": "프로세스 {number}",
    "another process": "다른 프로세스",
    "{folder} cannot be written ({error}); check its permissions and the free space": "{folder} 폴더에 쓸 수 없습니다. 폴더 권한과 남은 공간을 확인해 주세요. ({error})",
    "{folder} cannot be read ({error}); check its permissions": "{folder} 폴더를 읽을 수 없습니다. 폴더 권한을 확인해 주세요. ({error})",
    "cannot make an index at {folder} ({error}); choose another --store": "{folder} 폴더에 색인을 만들 수 없습니다. --store로 다른 폴더를 골라 주세요. ({error})",
    "{file} cannot be read ({error}); restore it or ingest anew": "{file} 파일을 읽을 수 없습니다. 백업에서 되돌리거나 문서를 새로 색인해 주세요. ({error})",
    "{file} cannot be used ({error}); {advice}": "{file} 파일을 쓸 수 없습니다. {advice}. ({error})",
    "nothing is lost; check the free space, the disk and the permissions of its folder": "잃은 것은 없으니, 남은 공간과 디스크, 폴더 권한을 확인해 주세요",
    "restore it or ingest anew": "백업에서 되돌리거나 문서를 새로 색인해 주세요",
    "{folder} has index version {version}, this program reads {known}; use a newer version of it, or ingest into a new --store": "{folder} 폴더의 색인은 버전 {version}인데 이 프로그램은 {known}까지 읽습니다. 더 새로운 프로그램을 쓰거나, --store로 새 폴더에 색인해 주세요.",
    "{folder} was built with {model} ({fingerprint}), the configured model is {other} ({other_fingerprint}); set embedding.model back, or run: secondlook reindex": "{folder} 폴더의 색인은 임베딩 모델 {model} ({fingerprint})(으)로 만들었는데, 설정된 모델은 {other} ({other_fingerprint})입니다. 설정 파일의 embedding.model을 되돌리거나 다음을 실행해 주세요: secondlook reindex",
    "{file} has been closed; open the store again": "{file}: 색인이 닫혔습니다. 페이지를 새로 고쳐 주세요.",
    "no document {name} in the index; run: secondlook ingest FOLDER": (
        "색인에 {name} 문서가 없습니다. 「문서」 화면에서 파일을 올리거나 다음을 실행해 주세요: secondlook ingest FOLDER",
        "No document {name} in the index. Add it on the Documents page, or run: secondlook ingest FOLDER",
    ),
    "no document or folder matches {name}; see: secondlook doctor": (
        "{name}에 맞는 문서나 폴더가 색인에 없습니다. 「문서」 화면의 목록에서 골라 주세요.",
        "No document or folder matches {name}. Choose one from the list on the Documents page.",
    ),
    # writing
    "cannot write {folder}: {error}; the index is as before": "{folder} 폴더에 쓸 수 없습니다. 색인은 전과 같으니, 남은 공간과 폴더 권한을 확인해 주세요. ({error})",
    "the base file could not be written, perhaps the disk is full": "벡터 파일을 쓸 수 없습니다. 디스크가 가득 찼을 수 있습니다",
    "{name} holds another text; nothing was stored": "{name}: 다른 글이 들어 있어 저장하지 않았습니다. 다시 색인해 주세요.",
    "no document {name} in the index; nothing was renamed": "색인에 {name} 문서가 없어 이름을 바꾸지 않았습니다. 다시 색인해 주세요.",
    "no folder {name} in the index; nothing was changed": "색인에 {name} 폴더가 없어 바꾸지 않았습니다. 다시 색인해 주세요.",
    "{name}: {count} chunks of dimension {dimension} came with vectors of shape {shape}; nothing was stored": "{name}: {dimension}차원의 발췌문 {count}개에 {shape} 모양의 벡터가 와서 저장하지 않았습니다. 설정 파일의 embedding.model을 확인해 주세요.",
    "{name}: a vector is not of length 1; nothing was stored": "{name}: 길이가 1이 아닌 벡터가 있어 저장하지 않았습니다. 설정 파일의 embedding.model을 확인해 주세요.",
    "{name}: a chunk is not the text at {start}; nothing was stored": "{name}: {start}번째 글자의 발췌문이 본문과 달라 저장하지 않았습니다. 다시 색인해 주세요.",
    "the embedding model gave vectors of {numbers} numbers, the index has {dimension}; nothing was stored; check embedding.model": "임베딩 모델의 벡터는 {numbers}차원인데 색인은 {dimension}차원이라 저장하지 않았습니다. 설정 파일의 embedding.model을 확인해 주세요.",
    # asking
    "{most} questions a minute are answered for each person; you can ask again in {seconds} s": (
        "한 사람에게 1분에 질문 {most}개까지 답합니다. {seconds}초 뒤에 다시 물어 주세요.",
        "Each person gets answers to {most} questions a minute. You can ask again in {seconds} s.",
    ),
    "the question has {count} of {most} characters; shorten it by {over}": (
        "질문이 {count}자로, 쓸 수 있는 {most}자보다 깁니다. {over}자를 줄여 주세요."
    ),
    "the question is empty; ask something": "질문이 비어 있습니다. 질문을 적어 주세요.",
    "the question is not valid text; type it again": "질문에 올바르지 않은 글자가 있습니다. 다시 적어 주세요.",
    "no passage was found": "찾은 발췌문이 없습니다.",
    "these models have no calibration": "이 모델에는 확률 보정이 없습니다.",
    "what was found is too unlikely to hold the answer": "찾은 내용이 답을 담고 있을 확률이 너무 낮습니다.",
    # conversations
    "this answer is no longer kept; ask again to rate it": "이 답변은 이제 저장되어 있지 않습니다. 평가하려면 다시 물어 주세요.",
    "this conversation is no longer kept; begin a new one": "이 대화는 이제 저장되어 있지 않습니다. 새 대화를 시작해 주세요.",
    "an answer of this conversation is damaged; delete the conversation": "이 대화의 답변 하나가 손상되었습니다. 이 대화를 지워 주세요.",
    "{file} has version {version}, this program reads {known}; use a newer version of it": "{file} 파일은 버전 {version}인데 이 프로그램은 {known}까지 읽습니다. 더 새로운 프로그램을 써 주세요.",
    "conversations are not saved: {reason}": "대화가 저장되지 않고 있습니다. {reason}",
    "another process is using {file}; try again when it has finished": "다른 프로세스가 {file} 파일을 쓰고 있습니다. 끝난 뒤에 다시 시도해 주세요.",
    "{file} cannot be used ({error}); check the free space and its permissions": "{file} 파일을 쓸 수 없습니다. 남은 공간과 파일 권한을 확인해 주세요. ({error})",
    "{file} is damaged ({error}); move it away, and a new one is begun": "{file} 파일이 손상되었습니다. 다른 곳으로 옮기면 새로 시작합니다. ({error})",
}  # fmt: skip
