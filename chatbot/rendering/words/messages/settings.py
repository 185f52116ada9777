"""The configuration: the file, the names in it, and the faults that its validation finds."""

from __future__ import annotations

SETTINGS: dict[str, str | tuple[str, str]] = {
    # English template: Korean, or (Korean, English on the page)
    "no configuration at {file}; leave out --config to use the defaults": "{file} 자리에 설정 파일이 없습니다. 기본 설정을 쓰려면 --config를 빼 주세요.",
    "{file} cannot be read: {error}; give a TOML file": "{file} 파일을 읽을 수 없습니다. TOML 파일을 골라 주세요. ({error})",
    "at {address} everybody who reaches this machine could read the documents; set up signing in (docs/sign-in.md), or add --anyone-may-read": "{address}에서는 이 컴퓨터에 접속할 수 있는 누구나 문서를 읽을 수 있습니다. 로그인을 설정하거나(docs/sign-in.md) --anyone-may-read를 덧붙여 주세요.",
    "{file}: llm.owner: is no setting; leave it out": "{file}: llm.owner은(는) 설정이 아닙니다. 빼 주세요.",
    "{file}: telemetry: what is told to others is set in your own file {own}, or in one given with --config": "{file}: 운영 정보를 어디로 보낼지(telemetry)는 자신의 설정 파일 {own}이나 --config로 준 파일에만 적을 수 있습니다.",
    "[telemetry] needs the package {package}: pip install 'secondlook[telemetry]'": "설정의 [telemetry]에는 {package} 패키지가 필요합니다. 설치해 주세요: pip install 'secondlook[telemetry]'",
    "{variable} is shorter than {count} characters; set a longer one, or none to show metrics on this machine only": "{variable} 값이 {count}자보다 짧습니다. 더 긴 값으로 정하거나, 이 컴퓨터에서만 지표를 보려면 빼 주세요.",
    "{key}: must be an address like http://127.0.0.1:4318/v1/traces": "{key}: http://127.0.0.1:4318/v1/traces 같은 주소를 적어 주세요.",
    "{file} is not valid TOML: {error}": "{file}: 올바른 TOML이 아닙니다. 그 자리를 고쳐 주세요. ({error})",
    "unknown {kind} backend {name}; known: {known}": "{kind}: {name}(이)라는 backend는 없습니다. 쓸 수 있는 이름: {known}.",
    "the plug-in {plugin} of {kind} backend {name} does not load: {error}": "{kind}: {name}의 플러그인 {plugin}을(를) 불러올 수 없습니다. 그 플러그인을 다시 설치해 주세요. ({error})",
    "{origin}: {problems}": "{origin}: {problems}",
    # pydantic's words
    "{key}: Extra inputs are not permitted": "{key}: 없는 설정입니다. 철자를 확인해 주세요.",
    "{key}: Field required": "{key}: 꼭 있어야 하는 설정입니다. 적어 주세요.",
    "{key}: Input should be a valid {asked}": "{key}: 값의 종류가 맞지 않습니다. {asked} 값을 적어 주세요.",
    "{key}: Input should be greater than {asked}": "{key}: {asked}보다 큰 값을 적어 주세요.",
    "{key}: Input should be greater than or equal to {asked}": "{key}: {asked} 이상의 값을 적어 주세요.",
    "{key}: Input should be less than {asked}": "{key}: {asked}보다 작은 값을 적어 주세요.",
    "{key}: Input should be less than or equal to {asked}": "{key}: {asked} 이하의 값을 적어 주세요.",
    "{key}: Input should be {asked}": "{key}: 다음 가운데 하나를 적어 주세요: {asked}.",
    "{key}: chunk_overlap must be smaller than chunk_size": "{key}: chunk_overlap은 chunk_size보다 작아야 합니다.",
    "{key}: backend llm takes no model: the one in the section llm takes the second look": "{key}: backend가 llm이면 model을 적지 않습니다. 답변을 쓰는 언어 모델이 두 번째 검토를 합니다.",
    "{key}: top_n must not be larger than k": "{key}: 출처 수(top_n)는 후보 수(k)보다 클 수 없습니다.",
}  # fmt: skip
