"""What lets a browser in: signed with the token, so that nobody else can make it and a new token ends them all."""

import hashlib
import hmac
import secrets
import threading

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE_LIFE = 12 * 3600  # seconds
LINK_LIFE = 600


class Passes:
    """The token of this service and the passes made from it: cookies, and links that let in once."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._lock = threading.Lock()
        self._used: dict[str, None] = {}

    def is_token(self, given: str) -> bool:
        """Say whether this is the token; it takes as long for a wrong one."""
        return hmac.compare_digest(_digest(given), _digest(self._token))

    def cookie(self) -> str:
        """Return a pass for a browser to keep."""
        return self._sign("cookie")

    def is_cookie(self, given: str) -> bool:
        """Say whether a browser has a pass that still holds."""
        return self._holds("cookie", given, COOKIE_LIFE)

    def link(self) -> str:
        """Return a pass that lets in once, for ten minutes."""
        return self._sign("link")

    def use_link(self, given: str) -> bool:
        """Say whether a link's pass holds and was not used before in this process; now it is."""
        if not self._holds("link", given, LINK_LIFE):
            return False
        with self._lock:
            new = given not in self._used
            self._used[given] = None
            return new

    def _sign(self, purpose: str) -> str:
        return str(self._signer(purpose).dumps(secrets.token_hex(8)))

    def _holds(self, purpose: str, given: str, life: int) -> bool:
        try:
            self._signer(purpose).loads(given, max_age=life)
        except BadSignature:
            return False
        return True

    def _signer(self, purpose: str) -> URLSafeTimedSerializer:
        strong = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeTimedSerializer(self._token, salt=f"reminders {purpose}", signer_kwargs=strong)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
