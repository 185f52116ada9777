"""Who asks: somebody who signed in, or the one person of a machine where nobody has to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chatbot.config import SignInConfig
from chatbot.text.invisible import clean_line

_LONGEST = 200  # characters of a name or address


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wants something of the library.

    Attributes:
        id: the sign-in provider's own unchanging name for them, with the provider's; empty is nobody.
        email: empty where the provider does not vouch for it: a name that anybody may give themselves names nobody.
        is_admin: named in the configuration.
        is_alone: nobody signs in here, or it is the command line: whoever may read the folder may do everything.
    """

    id: str
    name: str = ""
    email: str = ""
    is_admin: bool = False
    is_alone: bool = False

    @property
    def called(self) -> str:
        """What others know them by. A name that they gave themselves, somebody else's address even, stands beside their id."""
        return self.email or (f"{self.name} ({self.id})" if self.name else self.id)


ALONE = Person("", is_alone=True)


def signed_in(claims: Mapping[str, Any], config: SignInConfig) -> Person:
    """The person whom a provider's claims name; nobody, with an empty id, where they name none.

    An e-mail address that the provider did not verify is not taken: a person could give themselves an admin's.
    """
    issuer, subject = str(claims.get("iss") or ""), str(claims.get("sub") or "")
    if not issuer or not subject:
        return Person("")
    number = f"{issuer}#{subject}"
    is_sure = config.trust_email or str(claims.get("email_verified")).lower() == "true"
    email = str(claims.get("email") or "").strip().casefold() if is_sure else ""
    email = email if email == clean_line(email) else ""  # one that looks like another's
    name = clean_line(str(claims.get("name") or ""))[:_LONGEST]
    return with_admin(Person(number, name, email[:_LONGEST]), config)


def with_admin(person: Person, config: SignInConfig) -> Person:
    """``person`` as an admin, if the configuration names them."""
    admins = {entry.strip() for entry in config.admins} - {""}
    is_admin = person.id in admins or person.email in {entry.casefold() for entry in admins}
    return replace(person, is_admin=is_admin)
