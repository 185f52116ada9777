"""From sources to text: whether to answer, who writes, and the answer itself."""
