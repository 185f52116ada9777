"""What servers of language models really send, made into one shape before any vendor's library reads it.

bytes -> framing (events) -> dialect (pieces) -> OpenAI's own stream
status and body -> said (the server's own words) -> adapting (without the refused parameter, once more)
"""
