"""The files of the configuration, and what each of them may say.

    the owner's own file <- secondlook.toml in the working folder, or --config FILE alone -> Config

A folder may have come from somebody else with a ``secondlook.toml`` in it. It sets how documents are searched and who
answers; that a key of the environment goes anywhere but to its vendor only the owner's own file says, or ``--config``;
and so where traces go.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from chatbot.config.owner import Owner, place
from chatbot.config.sections import Config, validate
from chatbot.errors import ConfigError

CONFIG_FILE = "secondlook.toml"
_ADDRESSES = ("api_base", "base_url")  # llm.options that name where a language model is


def owners_file() -> Path:
    """The owner's own file, for every folder: ``~/.config/secondlook/secondlook.toml`` on Linux."""
    return user_config_path("secondlook") / CONFIG_FILE


def load_config(path: Path | str | None = None) -> Config:
    """The configuration from ``path``, else from the owner's file and ``secondlook.toml`` over it, else the defaults.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a key or value that does not fit.
    """
    if path is not None:
        data = _read(Path(path))
        return _with_owner(validate(Config, data, str(path)), data, str(path))
    own, folders = owners_file(), Path(CONFIG_FILE)
    owners = _read(own) if own.exists() else {}
    here = _read(folders) if folders.exists() else {}
    if owners:
        validate(Config, owners, str(own))
    if "telemetry" in here:
        raise ConfigError(
            "{file}: telemetry: what is told to others is set in your own file {own}, or in one given with --config",
            file=str(folders),
            own=own,
        )
    config = validate(Config, _over(owners, here), str(folders if here else own))
    return _with_owner(config, owners, str(folders if "llm" in here else own if owners else ""))


def _with_owner(config: Config, owners: dict[str, Any], file: str) -> Config:
    """``config`` with what the owner's own settings say of addresses and keys."""
    section = owners.get("llm", {})
    owner = Owner(
        addresses=_places(config.llm.backend, config.llm.options),
        keyed=_places(str(section.get("backend", "")), section.get("options", {})),
        file=file,
        allow_private=bool(section.get("allow_private", False)),
    )
    llm = config.llm.model_copy(update={"owner": owner})
    # not with_(): a copy that was validated anew would no longer know what the file set
    return config.model_copy(update={"llm": llm})


def _places(backend: str, options: Any) -> tuple[str, ...]:
    named = [options[name] for name in _ADDRESSES if options.get(name)] if isinstance(options, dict) else []
    return tuple(place(backend, str(address)) for address in named)


def _over(owners: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    """The folder's settings over the owner's, key by key; another backend keeps nothing of the owner's one."""
    merged = dict(owners)
    for name, section in here.items():
        below = merged.get(name)
        if not isinstance(section, dict) or not isinstance(below, dict):
            merged[name] = section
        elif name == "llm" and section.get("backend", below.get("backend")) != below.get("backend"):
            kept = {key: value for key, value in below.items() if key not in ("model", "options")}
            merged[name] = {**kept, **section}
        else:
            merged[name] = {**below, **section}
    return merged


def _read(file: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            "no configuration at {file}; leave out --config to use the defaults", file=file
        ) from None
    except OSError as error:
        raise ConfigError(
            "{file} cannot be read: {error}; give a TOML file", file=file, error=error.strerror
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("{file} is not valid TOML: {error}", file=file, error=error) from error
    if isinstance(data.get("llm"), dict) and "owner" in data["llm"]:
        raise ConfigError("{file}: llm.owner: is no setting; leave it out", file=file)
    return data
