"""Who may see the pages: whoever has the token; where there is none, whoever sits at the machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from reminders.status.attempts import Attempts
from reminders.status.passes import Passes

COOKIE = "reminders"
_AT_HOME = (
    "These pages show names and emails. They are open on this machine alone, at http://localhost, until the settings "
    "name a status.token_file."
)


@dataclass(frozen=True, slots=True)
class Door:
    """Lets people in to the pages, or says in words why not."""

    passes: Passes | None  # None: there is no token
    loopback: bool  # whether the service listens on this machine alone
    attempts: Attempts = field(default_factory=Attempts)

    def is_open_to(self, asked: Request) -> bool:
        """Say whether a request may see names; raises TooManyRequests after too many wrong tokens."""
        if self.passes is None:
            return self.loopback and is_loopback(asked.host)
        if self.passes.is_cookie(asked.cookies.get(COOKIE, "")):
            return True
        given = asked.authorization.token if asked.authorization else None
        return given is not None and self.lets_in(asked, given)

    def guard(self, asked: Request) -> None:
        """Raise Forbidden or Unauthorized for a request that may not see names."""
        if not self.is_open_to(asked):
            raise Unauthorized if self.passes else Forbidden(_AT_HOME)

    def lets_in(self, asked: Request, token: str) -> bool:
        """Say whether this is the token; raises TooManyRequests after too many wrong ones."""
        passes = self.passes
        return passes is not None and self._tried(asked, lambda: passes.is_token(token))

    def lets_in_once(self, asked: Request, link: str) -> bool:
        """Say whether a one-time link lets in, and use it up; raises as `lets_in` does."""
        passes = self.passes
        return passes is not None and self._tried(asked, lambda: passes.use_link(link))

    def _tried(self, asked: Request, is_right: Callable[[], bool]) -> bool:
        who = asked.remote_addr or ""
        if wait := self.attempts.must_wait(who):
            raise TooManyRequests(f"Too many wrong tokens. Try again in {wait} seconds.", retry_after=wait)
        if is_right():
            return True
        self.attempts.failed(who)
        return False


def is_loopback(host: str) -> bool:
    """Say whether a Host header, or an address to listen on, means this machine: no page elsewhere can forge that."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
