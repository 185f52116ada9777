"""OpenAI's protocol, and the second look as the services for reranking speak it."""
