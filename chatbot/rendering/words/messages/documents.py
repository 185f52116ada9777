"""What hinders a run over the documents: files, folders and uploads that cannot be taken as they are."""

from __future__ import annotations

DOCUMENTS: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "no file or folder at {path}; check the path": "{path} 자리에 파일이나 폴더가 없습니다. 경로를 확인해 주세요.",
    "no file or folder at {path}, but the index has {count} of its documents; to remove them: secondlook remove {uri}": "{path} 자리에 파일이나 폴더가 없지만, 그 문서 {count}개가 색인에 있습니다. 지우려면: secondlook remove {uri}",
    "{path} belongs to the index itself; give the folder of your documents": "{path}은(는) 색인 자체의 폴더입니다. 문서가 있는 폴더를 골라 주세요.",
    "the name of {path} is not valid UTF-8; rename it": "{path}: 이름이 올바른 UTF-8이 아닙니다. 이름을 바꿔 주세요.",
    "its name is not valid UTF-8; rename it": "이름이 올바른 UTF-8이 아닙니다. 이름을 바꿔 주세요.",
    "was gone before it could be read": "읽기 전에 파일이 사라졌습니다.",
    "cannot be read: {error}": "읽을 수 없습니다. 파일 권한을 확인해 주세요. ({error})",
    "another run has stored it anew meanwhile; what that one has stored stays": "그동안 다른 색인 작업이 이 문서를 새로 저장했습니다. 그 작업이 저장한 내용을 그대로 둡니다.",
    "changes while it is read; the next run tries again": "읽는 동안 파일이 계속 바뀝니다. 다음 색인 때 다시 읽습니다.",
    "its file cannot be read now ({error}); it stays as it was": "지금은 파일을 읽을 수 없어 색인을 그대로 두었습니다. ({error})",
    "not a regular file": "일반 파일이 아닙니다",
    "a link stands in its place": "그 자리에 링크가 있습니다",
    "is a link to a file outside the folder; ingest that file itself": "폴더 밖의 파일을 가리키는 링크입니다. 그 파일을 직접 색인해 주세요.",
    "is a link into the index itself": "색인 자체의 폴더를 가리키는 링크입니다.",
    "the folder {old} is now {new}; its documents moved along": "폴더 {old}의 자리가 {new}(으)로 바뀌어, 그 문서도 함께 옮겼습니다.",
    "the folder {folder} is not there; its {count} documents stay; to remove them: secondlook remove {label}": "폴더 {folder}이(가) 그 자리에 없지만, 문서 {count}개는 색인에 남아 있습니다. 지우려면: secondlook remove {label}",
    "{name} stays as it was: its content is not in the index; upload it again": "{name}: 내용이 색인에 없어 그대로 두었습니다. 다시 올려 주세요.",
    "stopped before the end; what is indexed stays": "끝나기 전에 멈췄습니다. 이미 색인한 것은 남아 있습니다.",
    "{count} documents keep their passages: their files are gone or have changed": "파일이 없어졌거나 바뀐 문서 {count}개는 전의 발췌문을 그대로 둡니다.",
    # web pages
    "{host} does not answer. Try again later.": "{host}에서 응답이 없습니다. 나중에 다시 해 주세요.",
    "The certificate of {host} is not valid ({error}). Save the page from a browser and add the file.": "{host}의 인증서가 올바르지 않습니다. 브라우저에서 웹 문서를 저장해 파일로 추가해 주세요. ({error})",
    "{host} cannot be reached ({error}). Check the address and the connection.": "{host}에 연결할 수 없습니다. 주소와 연결을 확인해 주세요. ({error})",
    "{host} redirects without end. Give the address of the page itself.": "{host}이(가) 끝없이 다른 주소로 보냅니다. 문서 자체의 주소를 넣어 주세요.",
    "{host} is an address inside this network; pages from there are not fetched. Allow it with web.allow_private, or save the page and add the file.": "{host}은(는) 이 네트워크 안의 주소라서 가져오지 않습니다. web.allow_private로 허용하거나, 웹 문서를 저장해 파일로 추가해 주세요.",
    "Only addresses with http or https can be fetched. Check the address.": "http나 https로 시작하는 주소만 가져올 수 있습니다. 주소를 확인해 주세요.",
    "The address holds a name or password. Give it without, or save the page and add the file.": "주소에 이름이나 암호가 들어 있습니다. 빼고 넣거나, 웹 문서를 저장해 파일로 추가해 주세요.",
    "The address holds a space. Check the address.": "주소에 빈칸이 있습니다. 주소를 확인해 주세요.",
    "{host} answers with status {status} instead of the page. Check the address; what needs a login can be saved from a browser and added as a file.": "{host}이(가) 문서 대신 상태 {status}을(를) 보냈습니다. 주소를 확인해 주세요. 로그인이 필요한 문서는 브라우저에서 저장해 파일로 추가할 수 있습니다.",
    "{host} has no such page (any more): status {status}. Check the address.": "{host}에 그 문서가 없습니다(없어졌습니다). 주소를 확인해 주세요. (상태 {status})",
    "{reason} Its text of {day} stays.": "{reason} {day}에 읽은 내용은 그대로 둡니다.",
    "{host} sends more than {most} MB. Save a part of it and add the file.": "{host}에서 {most} MB가 넘게 보냅니다. 일부를 저장해 파일로 추가해 주세요.",
    "The server packs the page in a way that was not asked for. Save it from a browser and add the file.": "서버가 요청하지 않은 방식으로 문서를 압축해 보냅니다. 브라우저에서 저장해 파일로 추가해 주세요.",
    "the server sent nothing new, and what it sent before is gone; try again": "서버가 새 내용을 보내지 않았고 전에 받은 것은 없어졌습니다. 다시 해 주세요.",
    # the watched folder
    "{reason}; trying again by itself": "{reason} 저절로 다시 시도합니다.",
    "{folder} is not there any more (deleted or unmounted); what the index has of it stays; it is watched again when it is back": "{folder} 폴더가 이제 없습니다 (지웠거나 연결이 끊어짐). 색인에 있는 것은 그대로 두고, 폴더가 돌아오면 다시 지켜봅니다.",
    "{folder} is there again": "{folder} 폴더가 다시 있습니다.",
    "the system reports no more changes ({error}); looking every {seconds} s instead; to change that, raise fs.inotify.max_user_watches": "시스템이 변경을 더 알려 주지 않아 {seconds}초마다 살펴봅니다. 바꾸려면 fs.inotify.max_user_watches를 높여 주세요. ({error})",
}  # fmt: skip
