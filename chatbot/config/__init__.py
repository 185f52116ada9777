"""The configuration: read once, validated once, frozen ever after.

``secondlook.toml`` in the working folder overrides the owner's own file, which overrides the defaults; ``--config FILE``
stands for both. Nothing else in the program reads settings; API keys stay in each vendor's own environment variable.
"""

from __future__ import annotations

from chatbot.config.files import CONFIG_FILE, load_config
from chatbot.config.owner import Owner
from chatbot.config.sections import (
    LISTWISE,
    ApiConfig,
    AuditConfig,
    Config,
    EmbeddingConfig,
    IndexConfig,
    LimitsConfig,
    ListwiseOptions,
    LLMConfig,
    LLMLimits,
    RerankerConfig,
    RetrievalConfig,
    Section,
    SharingConfig,
    SignInConfig,
    SplitterConfig,
    TelemetryConfig,
    read_options,
)

__all__ = [
    "CONFIG_FILE",
    "LISTWISE",
    "ApiConfig",
    "AuditConfig",
    "Config",
    "EmbeddingConfig",
    "IndexConfig",
    "LLMConfig",
    "LLMLimits",
    "LimitsConfig",
    "ListwiseOptions",
    "Owner",
    "RerankerConfig",
    "RetrievalConfig",
    "Section",
    "SharingConfig",
    "SignInConfig",
    "SplitterConfig",
    "TelemetryConfig",
    "load_config",
    "read_options",
]
