"""'Why these sources?': ranks, scores, times, comparisons."""

from __future__ import annotations

INSPECTOR: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "why": ("왜 이 출처인가요?", "Why these sources?"),
    "why_none": ("무엇을 살펴봤나요?", "What was considered?"),
    "why_counts": ("후보 {candidates}개 중 {kept}개", "{kept} of {candidates} candidates"),
    "why_read": ("읽은 발췌문 {read}개 중 {kept}개를 출처로", "{kept} sources of {read} passages that were read"),
    "not_ranked": (
        "문서 전체에 대한 질문이어서 순위를 매기지 않았습니다. 발췌문 {read}개를 읽었고, 아래의 것이 출처가 되었습니다.",
        "Nothing was ranked: the question is about whole documents. {read} passages were read, and these became sources.",
    ),
    "part": ("볼 것", "Part"),
    "part_ranking": ("순위", "Ranking"),
    "part_orders": ("두 번째 검토 비교", "Without the second look"),
    "part_models": ("다른 모델", "Another model"),
    "part_prompt": ("프롬프트와 시간", "Prompt and time"),
    # what the second look changed
    "second_look_by": ("두 번째 검토: {model}", "Second look by {model}"),
    "lifted": ("두 번째 검토가 {before}였던 발췌문을 {after}로 올렸습니다.", "The second look moved a passage from {before} to {after}."),
    "rescued": (
        "출처 {sources}개 가운데 {rescued}개는 검색 순서대로라면 제외되었을 것입니다.",
        "{rescued} of the {sources} sources would have been dropped in the retrieval order.",
    ),
    "rescued_all": (
        "출처 {sources}개 모두 검색 순서대로라면 제외되었을 것입니다.",
        "All {sources} sources would have been dropped in the retrieval order.",
    ),
    "rescued_only": (
        "유일한 출처가 검색 순서대로라면 제외되었을 것입니다.",
        "The only source would have been dropped in the retrieval order.",
    ),
    "reordered": (
        "출처는 검색 순서대로였을 때와 같고, 순서만 다릅니다.",
        "The sources are the same as in the retrieval order; only their order changed.",
    ),
    "confirmed": (
        "두 번째 검토도 검색과 같은 출처를 같은 순서로 골랐습니다.",
        "The second look chose the same sources in the same order as the retrieval.",
    ),
    "cut_none": ("거절되어 출처가 된 후보가 없습니다.", "Refused: no candidate became a source."),
    # the chart
    "chart": (
        "후보 {candidates}개가 검색 순위에서 최종 순위로 옮겨 간 모습. 아래 표에 같은 내용이 있습니다.",
        "How {candidates} candidates moved from their retrieval rank to their final rank. The table below says the same.",
    ),
    "axis_before": ("검색", "Retrieval"),
    "axis_after": ("두 번째 검토 뒤", "After the second look"),
    "tip_document": ("문서", "Document"),
    "tip_page": ("쪽", "Page"),
    "tip_heading": ("제목", "Heading"),
    "tip_verdict": ("결과", "Outcome"),
    "tip_retrieved": ("검색 순위", "Retrieval rank"),
    "tip_final": ("최종 순위", "Final rank"),
    "score_dense": ("의미 (코사인)", "Dense (cosine)"),
    "score_lexical": ("어휘 (BM25)", "Lexical (BM25)"),
    "score_fused": ("융합", "Fused"),
    "score_rerank": ("재정렬 (로짓)", "Rerank (logit)"),
    "score_probability": ("답일 확률", "Likely to answer"),
    "not_scored": ("재정렬하지 않음", "not reranked"),
    # the table
    "cut": ("위의 {kept}개가 출처가 되고, 아래는 제외되었습니다", "The top {kept} became sources; everything below was dropped"),
    "cut_none_line": ("거절되어 모두 제외되었습니다", "Refused: all of them were dropped"),
    "column_rank": ("최종", "Final"),
    "column_passage": ("발췌문", "Passage"),
    "column_fused": ("검색 (융합)", "Retrieval (fused)"),
    "column_dense": ("의미", "Dense"),
    "column_lexical": ("어휘", "Lexical"),
    "column_rerank": ("재정렬", "Rerank"),
    "column_probability": ("확률", "Probability"),
    "up": ("{places}계단 올라감", "up {places}"),
    "down": ("{places}계단 내려감", "down {places}"),
    "same": ("그대로", "same place"),
    "is_cited": ("인용한 출처", "cited source"),
    "is_source": ("출처", "source"),
    "is_dropped": ("제외", "dropped"),
    "how_to_read": ("표 읽는 법", "How to read the table"),
    "legend": (
        "칸에는 그 단계의 순위와 점수가 있습니다. 점수는 손대지 않은 원래 값입니다: 의미 = 코사인, 어휘 = BM25, 융합 = 이 질문 안에서만 견줄 수 있는 값, "
        "재정렬 = 재정렬 모델의 로짓. –는 그 단계가 찾지 못했다는 뜻입니다.",
        "Each cell holds the rank of that stage and its score. Scores are as computed: dense = cosine, lexical = BM25, fused = comparable within this "
        "question only, rerank = the reranker's logit. – means that the stage did not find the passage.",
    ),
    "legend_sum": (
        "두 번째 검토의 순위는 로짓 + {weight} × 융합 점수의 합으로 매깁니다.",
        "The second look orders by the sum of the logit and {weight} × the fused score.",
    ),
    "sum": ("합 {value}", "sum {value}"),
    "probability_note": (
        "순위는 재정렬 점수로 매깁니다. 확률은 따로 맞춘 값으로, 의미와 융합 점수, 질문의 낱말이 들어 있는 정도까지 함께 볼 수 있습니다. "
        "그래서 아래 후보의 확률이 더 높을 수 있습니다.",
        "The order comes from the rerank score. The probability is fitted separately and may also weigh the dense and fused scores and how many of the "
        "question's words the passage holds. So a candidate further down can have the higher probability.",
    ),
    "probability_note_sum": (
        "순위는 재정렬 점수와 융합 점수의 합으로 매깁니다. 확률은 따로 맞춘 값으로, 의미 점수와 질문의 낱말이 들어 있는 정도까지 함께 볼 수 있습니다. "
        "그래서 아래 후보의 확률이 더 높을 수 있습니다.",
        "The order comes from the sum of the rerank and fused scores. The probability is fitted separately and may also weigh the dense score and how many "
        "of the question's words the passage holds. So a candidate further down can have the higher probability.",
    ),
    "scored_all": ("후보 {of}개를 {spent}에 살펴봄", "{of} candidates in {spent}"),
    "scored_part": (
        "시간 안에 후보 {of}개 중 {scored}개만 살펴봄({spent}), 나머지는 검색 순서대로 뒤에",
        "{scored} of {of} candidates in the {spent} allowed; the rest follow in the retrieval order",
    ),
    "put_in_order": (
        "후보 {of}개 중 앞의 것에서 {scored}개의 순서를 {spent}에 정함, 나머지는 검색 순서대로 뒤에",
        "{scored} of {of} candidates put in order in {spent}; the rest follow in the retrieval order",
    ),
    "legend_listwise": (
        "두 번째 검토는 언어 모델이 했습니다. 순서만 정하고 점수는 주지 않으므로 로짓과 확률이 없습니다.",
        "A language model took the second look. It gives an order and no scores, so there are no logits and no probabilities.",
    ),
    "score_combined": ("합", "Sum"),
    "key_cited": ("인용한 출처", "source, cited"),
    "key_source": ("출처", "source"),
    "key_lost": ("검색 순서라면 출처였던 것", "a source in the retrieval order only"),
    "key_other": ("제외", "dropped"),
    "key_cut": ("이 선 위까지가 출처", "sources end here"),
    # the same question without the second look
    "with_second_look": ("두 번째 검토 있음", "With the second look"),
    "without_second_look": ("두 번째 검토 없음", "Without it"),
    "looking_again": ("두 번째 검토를 하는 중…", "Taking a second look…"),
    "only_here": ("여기에만", "only here"),
    "quoted": ("이 출처에서 그대로 옮긴 문장", "Quoted from these sources"),
    "orders_same": ("출처와 순서가 같습니다.", "The same sources in the same order."),
    "orders_shuffled": ("출처는 같고 순서가 다릅니다.", "The same sources in another order."),
    "orders_differ": (
        "두 번째 검토가 없으면 출처 {sources}개 가운데 {differing}개가 바뀝니다.",
        "Without the second look, {differing} of the {sources} sources would be others.",
    ),
    "verdict": ("판정", "Verdict"),
    "verdict_strong": ("강함", "strong"),
    "verdict_weak": ("약함", "weak"),
    "verdict_absent": ("답 없음", "absent"),
    "gate_figures": (
        "{verdict}: 문서에 답이 있을 확률 {probability}, {threshold} 미만이면 거절",
        "{verdict}: the documents hold the answer with a probability of {probability}; refused below {threshold}",
    ),
    "gate_strong_from": (", {strong} 이상이면 강함", ", strong from {strong}"),
    "refuses_with": ("두 번째 검토가 있으면 거절하고, 없으면 답합니다.", "With the second look the question is refused; without it, it is answered."),
    "refuses_without": ("두 번째 검토가 있으면 답하고, 없으면 거절합니다.", "With the second look the question is answered; without it, it is refused."),
    "refuses_both": ("두 번째 검토가 있든 없든 거절합니다.", "The question is refused with and without the second look."),
    # the same evidence, another model
    "answered_again_by": ("답할 언어 모델", "Language model"),
    "answer_with_it": ("같은 출처로 답하기", "Answer from the same sources"),
    "nothing_to_replay": (
        "이 질문은 언어 모델에 묻기 전에 거절되어, 다른 모델에 보여 줄 출처가 없습니다.",
        "This question was refused before any model was asked, so there are no sources to show another one.",
    ),
    "not_usable": ("지금 쓸 수 없는 모델 {count}개", "{count} that cannot be used yet"),
    "same_evidence": ("두 답변이 본 출처", "What both were shown"),
    "cited_by_both": ("둘 다 인용", "cited by both"),
    "cited_by": ("{name}만 인용", "cited only by {name}"),
    "cited_by_none": ("인용 안 됨", "cited by neither"),
    "cite_same": ("두 답변이 같은 출처를 인용했습니다.", "Both answers cite the same sources."),
    "cite_none": ("두 답변 모두 출처를 인용하지 않았습니다.", "Neither answer cites a source."),
    "cite_apart": ("두 답변이 함께 인용한 출처가 없습니다.", "The two answers have no citation in common."),
    "cite_some": ("두 답변이 함께 인용한 출처: {numbers}", "Both answers cite {numbers}; in the rest they differ."),
    # prompt and time
    "time": ("걸린 시간", "Time"),
    "total_time": ("첫 글자까지 {first} · 전체 {total}", "First word after {first} · {total} in all"),
    "stage_condense": ("질문 풀기", "Condense"),
    "stage_embed": ("질문 임베딩", "Embed"),
    "stage_dense": ("의미 검색", "Dense"),
    "stage_lexical": ("어휘 검색", "Lexical"),
    "stage_fuse": ("융합", "Fuse"),
    "stage_rerank": ("재정렬", "Rerank"),
    "stage_gate": ("판정", "Gate"),
    "stage_read": ("읽기", "Read"),
    "stage_highlight": ("강조", "Highlight"),
    "stage_wait": ("첫 글자 기다림", "Wait for the first word"),
    "stage_write": ("작성", "Write"),
    "prompt": ("프롬프트", "Prompt"),
    "prompt_extractive": (
        "프롬프트가 없습니다. 출처의 문장을 그대로 옮긴 답변이라 언어 모델에 아무것도 보내지 않았습니다.",
        "No prompt: the answer quotes its sources, and no language model was asked.",
    ),
    "prompt_calculated": (
        "프롬프트가 없습니다. 표의 행에서 계산한 답변이라 언어 모델에 아무것도 보내지 않았습니다.",
        "No prompt: the answer was calculated from the rows of a table, and no language model was asked.",
    ),
    "prompt_refused": ("프롬프트가 없습니다. 언어 모델에 묻기 전에 거절했습니다.", "No prompt: the question was refused before a model was asked."),
    "prompt_unknown": ("이 답변의 프롬프트는 남아 있지 않습니다.", "The prompt of this answer was not kept."),
    "prompt_sent": ("메시지 {messages}개를 아래 그대로 보냈습니다.", "{messages} messages, sent exactly as below."),
    "tokens": ("보낸 토큰 {prompt}개 · 받은 토큰 {answer}개", "{prompt} tokens in · {answer} tokens out"),
    "tokens_exact": ("모델이 센 값", "as the model counted"),
    "tokens_estimated": ("어림값", "estimated"),
    "role_system": ("지침 (system)", "Rules (system)"),
    "role_user": ("질문과 발췌문 (user)", "Passages and question (user)"),
    "role_assistant": ("앞선 답변 (assistant)", "Earlier answer (assistant)"),
}  # fmt: skip
