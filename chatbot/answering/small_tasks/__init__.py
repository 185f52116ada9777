"""What a language model is asked besides the answer, each time in one short call whose reply is checked.

ordering     the second look: which passages answer the question best?
translating  the question in the other language, so that its words are found there too
asked_for    what a question asks for, where the rules are unsure

A reply that is not what was asked for counts for nothing, and the search goes on as it would without a language model.
"""
