"""Language models: what a backend lacks, and what goes wrong while it answers."""

from __future__ import annotations

LLM: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "something unexpected went wrong; the server's log has the details": (
        "예상하지 못한 문제가 생겼습니다. 자세한 내용은 서버의 로그에 있습니다."
    ),
    "the server was ended before this answer was finished; ask again": (
        "답변을 다 쓰기 전에 서버가 꺼졌습니다. 다시 물어보세요.", "The server was ended before this answer was finished. Ask again."
    ),
    # pasted keys
    "the key is empty; paste it once more": ("키가 비어 있습니다. 다시 붙여 넣어 주세요.", "The key is empty. Paste it once more."),
    "this is not a key: it is too long, or holds spaces or other characters; paste the key alone": (
        "키가 아닙니다. 너무 길거나, 빈칸이나 다른 글자가 들어 있습니다. 키만 붙여 넣어 주세요.",
        "This is not a key: it is too long, or holds spaces or other characters. Paste the key alone.",
    ),
    "the system's keyring refused ({reason}); the key is kept until this program ends": (
        "운영 체제의 키 보관함이 거절했습니다({reason}). 이 프로그램이 끝날 때까지만 키를 기억합니다.",
        "The system's keyring refused ({reason}). The key is kept until this program ends.",
    ),
    # whole documents
    "reading section {number} of {count}": ("{count}개 부분 가운데 {number}번째를 읽는 중", "Reading section {number} of {count}"),
    "written before, by the same model from the same text; nothing was sent this time": (
        "같은 모델이 같은 글로 전에 써 둔 답변입니다. 이번에는 아무것도 보내지 않았습니다.",
        "Written before, by the same model from the same text. Nothing was sent this time.",
    ),
    # tables
    "the document was changed meanwhile, so the question was looked up": (
        "그사이 문서가 바뀌어 찾아서 답했습니다.",
        "The document was changed meanwhile, so the question was looked up.",
    ),
    "the model wrote no SQL for this, so the question was looked up": (
        "모델이 표에 쓸 SQL을 만들지 못해 찾아서 답했습니다.",
        "The model wrote no SQL for the tables, so the question was looked up.",
    ),
    "the model's SQL did not work ({reason}), so the question was looked up": (
        "모델이 쓴 SQL을 실행하지 못해 찾아서 답했습니다. ({reason})",
        "The model's SQL did not work, so the question was looked up. ({reason})",
    ),
    "the tables do not fit into the model's window, so nothing was computed from them": (
        "표가 모델의 문맥 크기에 들어가지 않아 계산하지 않고 찾아서 답했습니다.",
        "The tables do not fit into the model's window, so nothing was computed from them.",
    ),
    "{name} was not read: {reason}": ("{name}: 읽지 못했습니다. {reason}", "{name} was not read. {reason}"),
    "{name} was read only in part: {reason}": ("{name}: 일부만 읽었습니다. {reason}", "{name} was read only in part. {reason}"),
    # what is missing
    "llm backend {backend} {reason}": ("언어 모델 {backend}: {reason}", "{backend}: {reason}"),
    "needs {package}: pip install 'secondlook[{extra}]'": (
        "{package} 패키지가 필요합니다. 다음을 실행해 주세요: pip install 'secondlook[{extra}]'",
        "It needs {package}. Run: pip install 'secondlook[{extra}]'",
    ),
    "needs an API key: set the environment variable {variable}": (
        "API 키가 필요합니다. 서버를 시작하기 전에 환경 변수 {variable}에 넣어 주세요.",
        "It needs an API key. Put it into the environment variable {variable} before the server starts.",
    ),
    "needs an API key: set the environment variable {variable} or {other}": (
        "API 키가 필요합니다. 서버를 시작하기 전에 환경 변수 {variable} 또는 {other}에 넣어 주세요.",
        "It needs an API key. Put it into the environment variable {variable} or {other} before the server starts.",
    ),
    "needs the address of its server: set llm.options.{option}, for example {example}": (
        "서버 주소가 필요합니다. 「모델」 화면의 서버 주소에 적어 주세요 (llm.options.{option}). 예: {example}",
        "It needs the address of its server. Give it on the Models page (llm.options.{option}), for example {example}",
    ),
    "needs a model file: set llm.model to the path of a .gguf file": (
        "모델 파일이 필요합니다. 「모델」 화면에 .gguf 파일의 경로를 적어 주세요 (llm.model).",
        "It needs a model file. Give the path of a .gguf file on the Models page (llm.model).",
    ),
    "finds no file at {path}: set llm.model to the path of a .gguf file": (
        "{path} 자리에 파일이 없습니다. 「모델」 화면에 .gguf 파일의 경로를 적어 주세요 (llm.model).",
        "There is no file at {path}. Give the path of a .gguf file on the Models page (llm.model).",
    ),
    # what may be used
    "is not offered here: other people use this page, too, and its owner lists in [sharing] backends what they may choose": (
        "여기서는 쓸 수 없습니다. 다른 사람도 함께 쓰는 페이지이며, 고를 수 있는 모델은 페이지 관리자가 설정 파일의 [sharing] backends에 정합니다.",
        "It is not offered here. Other people use this page, too, and its owner lists in [sharing] backends what they may choose.",
    ),
    "loads no file out of the folder in which uploaded files are kept; choose another one": (
        "올린 파일을 보관하는 폴더의 파일은 모델로 불러오지 않습니다. 다른 파일을 골라 주세요.",
        "It loads no file out of the folder in which uploaded files are kept. Choose another one.",
    ),
    "needs an address that begins with http:// or https://, not {url}": (
        "http:// 또는 https://로 시작하는 주소가 필요합니다. 적힌 주소: {url}",
        "It needs an address that begins with http:// or https://, not {url}.",
    ),
    "does not ask {host}, which is inside this network; set llm.allow_private = true in your own configuration, or name the address there": (
        "{host}은(는) 내부 네트워크의 주소라서 연결하지 않습니다. 본인의 설정 파일에 llm.allow_private = true를 넣거나 이 주소를 적어 주세요.",
        "It does not ask {host}, which is inside this network. Set llm.allow_private = true in your own configuration, or name the address there.",
    ),
    "does not send {variable} to {host}: it goes to another address only if {file}, or a file given with --config, names that one": (
        "{variable}의 키를 {host}(으)로 보내지 않습니다. 다른 주소로 보내려면 {file} 또는 --config로 지정한 파일에 그 주소를 적어 주세요.",
        "It does not send {variable} to {host}. The key goes to another address only if {file}, or a file given with --config, names that one.",
    ),
    # how it is set
    "llm.max_tokens ({tokens}) leaves no room for passages in llm.context_window ({window}); lower the one or raise the other": (
        "답변 길이 llm.max_tokens ({tokens}) 때문에 문맥 크기 llm.context_window ({window})에 발췌문을 넣을 자리가 없습니다. 「모델」 화면에서 답변 길이를 줄이거나 문맥 크기를 늘려 주세요.",
        "The longest answer, llm.max_tokens ({tokens}), leaves no room for passages in the context window, llm.context_window ({window}). Lower the one or raise the other on the Models page.",
    ),
    "llm backend {backend} is installed but does not load ({error}); reinstall {what}": "언어 모델 {backend}: 설치되어 있지만 불러올 수 없습니다. 다음 패키지를 다시 설치해 주세요: {what}. ({error})",
    "its package": "그 언어 모델의 패키지",
    "llm backend {backend}: {error}; correct the llm section": "언어 모델 {backend}: 설정이 맞지 않습니다. 설정 파일의 llm 부분을 고쳐 주세요. ({error})",
    "llm backend 'extractive' takes no model and no options; leave them out": "발췌(extractive)에는 모델도 옵션도 없습니다. 설정 파일에서 빼 주세요.",
    "llm.options.{option} has a setting of its own: set {setting} instead": "llm.options.{option} 대신 따로 있는 설정 {setting}을(를) 써 주세요.",
    "llm.options.{option}: keys do not belong into the configuration; set the environment variable {variable}": "llm.options.{option}: 키는 설정 파일에 두지 않습니다. 환경 변수 {variable}에 넣어 주세요.",
    "llm.options.{option} is not an option of backend {backend}; known: {known}": "llm.options.{option}: {backend}에는 이런 옵션이 없습니다. 쓸 수 있는 옵션: {known}.",
    "llm.options.{option} must be a whole number from 1, not {value}": "llm.options.{option}: {value} 대신 1 이상의 정수를 적어 주세요.",
    # a file that llama.cpp runs
    "gguf · {name} was not loaded within {seconds} s; raise llm.limits.total_s or choose a smaller file": "gguf · {name}: {seconds}초 안에 불러오지 못했습니다. 더 작은 파일을 고르거나 설정 파일의 llm.limits.total_s를 늘려 주세요.",
    "gguf cannot load {name} ({error}); check that llm.model is a whole GGUF file": (
        "gguf · {name}: 불러올 수 없습니다. 온전한 GGUF 파일인지 확인하고, 「모델」 화면에서 다른 파일을 골라 주세요. ({error})",
        "gguf cannot load {name} ({error}). Check that it is a whole GGUF file, or choose another one on the Models page.",
    ),
    # while it answers
    "{label} did not finish within {seconds} s; raise llm.limits.total_s or lower llm.max_tokens": (
        "{label}: {seconds}초 안에 답변을 마치지 못했습니다. 「모델」 화면에서 답변 길이(llm.max_tokens)를 줄이거나 설정 파일의 llm.limits.total_s를 늘려 주세요.",
        "{label} did not finish within {seconds} s. Lower the longest answer (llm.max_tokens) on the Models page, or raise llm.limits.total_s.",
    ),
    "{label} fell silent for {seconds} s in the middle of its answer; ask again or raise llm.limits.idle_s": "{label}: 답변하다가 {seconds}초 동안 멈췄습니다. 다시 묻거나 설정 파일의 llm.limits.idle_s를 늘려 주세요.",
    "{label} sent no first token within {seconds} s; raise llm.limits.first_token_s or choose a faster llm.model": (
        "{label}: {seconds}초 안에 답변을 시작하지 않았습니다. 「모델」 화면에서 더 빠른 모델을 고르거나 설정 파일의 llm.limits.first_token_s를 늘려 주세요.",
        "{label} sent no first token within {seconds} s. Choose a faster model on the Models page, or raise llm.limits.first_token_s.",
    ),
    "{label} sent nothing from {host} within {seconds} s; check this machine's network, raise {setting} or choose another llm.model": (
        "{label}: {host}에서 {seconds}초 동안 아무 답이 오지 않았습니다. 이 컴퓨터의 네트워크를 확인하거나, 「모델」 화면에서 다른 모델을 고르거나, 설정 파일의 {setting} 값을 늘려 주세요.",
        "{label} sent nothing from {host} within {seconds} s. Check this machine's network, choose another model on the Models page, or raise {setting}.",
    ),
    "{backend} gave no answer within {seconds} s; check its address and this machine's network, or choose a faster llm.model": (
        "{backend}: {seconds}초 안에 답이 오지 않았습니다. 서버 주소와 이 컴퓨터의 네트워크를 확인하거나 더 빠른 모델을 골라 주세요.",
        "{backend} gave no answer within {seconds} s. Check its address and this machine's network, or choose a faster model.",
    ),
    "{label} answered with nothing; check llm.model and {setting}, or raise llm.max_tokens (a reasoning model may spend all of it on thinking)": (
        "{label}: 빈 답변이 왔습니다. 「모델」 화면에서 모델과 {setting}을(를) 확인하거나 답변 길이(llm.max_tokens)를 늘려 주세요. 추론 모델은 생각하는 데 다 써 버리기도 합니다.",
        "{label} answered with nothing. Check the model and {setting} on the Models page, or raise the longest answer (llm.max_tokens): a reasoning model may spend all of it on thinking.",
    ),
    "{label} wrote more than {count} characters and was stopped; choose an llm.model that keeps to llm.max_tokens": (
        "{label}: 답변이 {count}자를 넘어 멈췄습니다. 「모델」 화면에서 답변 길이(llm.max_tokens)를 지키는 모델을 골라 주세요.",
        "{label} wrote more than {count} characters and was stopped. Choose a model on the Models page that keeps to the longest answer (llm.max_tokens).",
    ),
    "{label} refused the key (status {status}); check {what}": "{label}: API 키를 받아들이지 않았습니다 (상태 {status}). 확인할 것: {what}.",
    "the environment variable {variable}": "환경 변수 {variable}",
    "its key": "그 서버의 키",
    "{label}: no model {model} at {url}; check llm.model and the address{setting}": (
        "{label}: {url} 서버에 {model} 모델이 없습니다. 확인할 것: 「모델」 화면의 모델 이름과 서버 주소{setting}.",
        "{label}: no model {model} at {url}. Check the model and the address{setting} on the Models page.",
    ),
    "{label} takes no more requests now (status 429: rate limit or quota); wait a little or choose another llm.backend": (
        "{label}: 지금은 요청을 더 받지 않습니다 (상태 429: 요청 횟수나 사용량의 한도). 잠시 뒤에 다시 묻거나 「모델」 화면에서 다른 언어 모델을 골라 주세요.",
        "{label} takes no more requests now (status 429: rate limit or quota). Wait a little, or choose another language model on the Models page.",
    ),
    "{label} failed on its side (status {status}); ask again later or choose another llm.backend": (
        "{label}: 서버 쪽에서 실패했습니다 (상태 {status}). 나중에 다시 묻거나 「모델」 화면에서 다른 언어 모델을 골라 주세요.",
        "{label} failed on its side (status {status}). Ask again later, or choose another language model on the Models page.",
    ),
    "{label} is redirected to another address (status {status}); give the final one{setting}": (
        "{label}: 다른 주소로 넘겨집니다 (상태 {status}). 「모델」 화면의 서버 주소{setting}에 마지막 주소를 적어 주세요.",
        "{label} is redirected to another address (status {status}). Give the final one{setting} on the Models page.",
    ),
    "{label} refused the request (status {status}); check llm.model, llm.options and llm.context_window": (
        "{label}: 요청을 거절했습니다 (상태 {status}). 「모델」 화면에서 모델과 문맥 크기를, 설정 파일에서 llm.options를 확인해 주세요.",
        "{label} refused the request (status {status}). Check the model and the context window on the Models page, and llm.options.",
    ),
    "{label}: its account has no credit left or has reached its spending limit; add credit or raise the limit where the key is from, or choose another llm.backend": (
        "{label}: 계정에 남은 크레딧이 없거나 지출 한도에 이르렀습니다. 기다려도 풀리지 않습니다. 키를 받은 곳에서 크레딧을 충전하거나 한도를 올려 주세요. 또는 「모델」 화면에서 다른 언어 모델을 골라 주세요.",
        "{label}: its account has no credit left, or has reached its spending limit. Waiting does not help: add credit or raise the limit where the key is from, or choose another language model on the Models page.",
    ),
    "{label} sent an error instead of an answer; check llm.model": (
        "{label}: 답변 대신 오류가 왔습니다. 「모델」 화면에서 모델을 확인해 주세요.",
        "{label} sent an error instead of an answer. Check the model on the Models page.",
    ),
    "{sentence} (the server says: {words})": (
        "{sentence} 서버의 말: {words}",
        "{sentence} The server says: {words}",
    ),
    "the model asked for the tool {name} instead of answering, and this program offers none; choose another llm.model": (
        "모델이 답하지 않고 도구 {name}을(를) 달라고 했습니다. 이 프로그램에는 도구가 없습니다. 「모델」 화면에서 다른 모델을 골라 주세요.",
        "The model asked for the tool {name} instead of answering, and this program offers none. Choose another model on the Models page.",
    ),
    "the server's content filter stopped the answer ({reason}); ask otherwise or choose another llm.model": (
        "서버의 내용 검열에 걸려 답변이 멈췄습니다 ({reason}). 다르게 묻거나 「모델」 화면에서 다른 모델을 골라 주세요.",
        "The server's content filter stopped the answer ({reason}). Ask otherwise, or choose another model on the Models page.",
    ),
    "the server stopped the answer and gave as its reason {reason}; ask again or choose another llm.model": (
        "서버가 답변을 멈췄습니다. 서버가 든 까닭: {reason}. 다시 묻거나 「모델」 화면에서 다른 모델을 골라 주세요.",
        "The server stopped the answer and gave as its reason {reason}. Ask again, or choose another model on the Models page.",
    ),
    "it reached llm.max_tokens ({tokens}); raise it or ask for less": (
        "답변 길이 llm.max_tokens ({tokens})에 이르렀습니다. 「모델」 화면에서 늘리거나 더 좁게 물어 주세요.",
        "It reached the longest answer, llm.max_tokens ({tokens}). Raise it on the Models page, or ask for less.",
    ),
    # small tasks
    "{label} named no kind of request but said: {words}": "{label}: 질문의 종류 대신 다른 말이 왔습니다: {words}",
    "what the question asks for was not made out: {reason}": "무엇을 묻는지 언어 모델이 가리지 못해 찾아서 답했습니다. {reason}",
    "{label} did not translate the question but said: {words}": "{label}: 질문의 번역 대신 다른 말이 왔습니다: {words}",
    "not searched in the other language: {reason}": "다른 언어로는 찾지 못했습니다. {reason}",
    "{label} gave no order of the passages but said: {words}": "{label}: 발췌문의 순서 대신 다른 말이 왔습니다: {words}",
    "the language model is set to take the second look (reranker.backend), but {label} is none; choose another llm.backend": (
        "두 번째 검토를 언어 모델이 하도록 설정되어 있는데(reranker.backend) {label}은(는) 언어 모델이 아닙니다. 「모델」 화면에서 언어 모델을 골라 주세요.",
        "The language model is set to take the second look (reranker.backend), but {label} is none. Choose a language model on the Models page.",
    ),
    # how it was asked
    "{model} takes no system message: the rules went with the question": "{model}: 시스템 메시지를 받지 않아 규칙을 질문과 함께 보냈습니다.",
    "{model} does not take {parameter}: it was given another way": "{model}: {parameter}을(를) 받지 않아 다른 이름으로 보냈습니다.",
    "{model} does not take {parameter}: asked without it": "{model}: {parameter}을(를) 받지 않아 빼고 물었습니다.",
    "{label} is loading its model; waiting for it": "{label}: 모델을 불러오는 중이라 기다립니다.",
    "{label} asks to wait {seconds} s; waiting": "{label}: {seconds}초 기다려 달라고 해서 기다립니다.",
    "{label} broke off its answer: the connection was closed; ask again": "{label}: 연결이 끊겨 답변이 중간에 멈췄습니다. 다시 물어 주세요.",
    "{label} did not answer in time; ask again or raise llm.limits": "{label}: 제때 답하지 않았습니다. 다시 묻거나 설정 파일의 llm.limits를 늘려 주세요.",
    "{label}: cannot reach {url}; is the server running?{setting}": (
        "{label}: {url} 서버에 연결할 수 없습니다. 서버가 켜져 있는지, 「모델」 화면의 서버 주소{setting}도 맞는지 확인해 주세요.",
        "{label}: cannot reach {url}. Is the server running, and is its address{setting} on the Models page right?",
    ),
    "{label}: cannot reach {host}; check this machine's network (proxy, firewall), or choose an llm.backend that runs here": (
        "{label}: {host} 서버에 연결할 수 없습니다. 이 컴퓨터의 네트워크(프록시, 방화벽)를 확인하거나 「모델」 화면에서 이 컴퓨터에서 도는 언어 모델을 골라 주세요.",
        "{label}: cannot reach {host}. Check this machine's network (proxy, firewall), or choose a language model that runs here on the Models page.",
    ),
    "{label} answered with something that is not a chat stream; check the address{setting}": (
        "{label}: 채팅 서버의 응답이 아닌 것이 왔습니다. 「모델」 화면의 서버 주소{setting}부터 확인해 주세요.",
        "{label} answered with something that is not a chat stream. Check the address{setting} on the Models page.",
    ),
    "{label} failed; check llm.model and llm.options": (
        "{label}: 실패했습니다. 「모델」 화면에서 모델을, 설정 파일에서 llm.options를 확인해 주세요.",
        "{label} failed. Check the model on the Models page, and llm.options.",
    ),
    "{label}: the question leaves no room for a passage; raise llm.context_window or ask more briefly": (
        "{label}: 질문이 길어 발췌문을 넣을 자리가 없습니다. 더 짧게 묻거나 「모델」 화면에서 문맥 크기(llm.context_window)를 늘려 주세요.",
        "{label}: the question leaves no room for a passage. Ask more briefly, or raise the context window (llm.context_window) on the Models page.",
    ),
    "the answer passed {count} characters and was cut there; lower llm.max_tokens or choose another model": (
        "답변이 {count}자를 넘어 거기서 잘랐습니다. 「모델」 화면에서 다른 모델을 고르거나 답변 길이(llm.max_tokens)를 줄여 주세요.",
        "The answer passed {count} characters and was cut there. Choose another model on the Models page, or lower the longest answer (llm.max_tokens).",
    ),
}  # fmt: skip
