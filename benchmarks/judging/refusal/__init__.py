"""When to say that the documents do not hold the answer: what is asked, what came back, and the fit of the gate to it."""
