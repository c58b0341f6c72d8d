"""Secrets from files: one line of text that nobody else on the machine can read."""

import os
import stat
from pathlib import Path

_MOUNTED = "/run/secrets/"  # orchestrators mount their secrets there, 0444 and read-only
_LONGEST = 65_536


class SecretError(Exception):
    """A secret that cannot be used; the message names path, owner, mode and our uid, never the secret."""


def read_secret_file(path: Path) -> str:
    """Return the one line a secret file holds."""
    try:
        raw = _bytes_of(path)
    except (OSError, ValueError) as error:
        raise SecretError(unreadable(path, error)) from error
    try:
        return secret_text(raw)
    except SecretError as error:
        raise SecretError(f"{path} {error}") from None


def secret_text(raw: bytes) -> str:
    """Return a secret without its last line break."""
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SecretError("holds something else than text; write the secret as UTF-8") from None
    if not text or "\n" in text or "\0" in text:
        raise SecretError(f"holds {'more than one line' if text else 'nothing'}; write one line, the secret")
    return text


def unreadable(path: Path, error: Exception) -> str:
    """Say why a file cannot be read, with what ops need to mend it."""
    reason = getattr(error, "strerror", None) or "no path"
    return f"cannot read {path}: {reason}; {_nearest(path)}, and we run as uid {os.geteuid()}"


def open_to_everyone(path: Path, mode: int) -> bool:
    """Return whether any account may read the file; what an orchestrator mounts is its own affair."""
    return bool(mode & stat.S_IROTH) and not os.path.realpath(path).startswith(_MOUNTED)


def _bytes_of(path: Path) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(f"{path} is no file; write the path of a file that holds the secret")
    if open_to_everyone(path, found.st_mode):
        raise SecretError(f"everyone on this machine may read {_described(path)}; chmod it to 0400")
    with path.open("rb") as file:
        return file.read(_LONGEST)


def _nearest(path: Path) -> str:
    """Describe the file, or the first folder above it that can be looked at."""
    visible = filter(os.path.exists, (path, *path.parents))  # Path.exists raises where it may not look
    return next(map(_described, visible), "its folder is hidden")


def _described(path: Path) -> str:
    found = path.stat()
    return f"{path} (owner {found.st_uid}, mode {stat.S_IMODE(found.st_mode):04o})"
