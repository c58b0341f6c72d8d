"""Flags over environment over reminders.yaml over defaults -> Settings, or every mistake at once."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from reminders import yamltext
from reminders.settings.checks import Clash, clashes
from reminders.settings.environment import environment_name, lay_environment_over
from reminders.settings.given import Given
from reminders.settings.kinds import Fault, Faults, Refused, optional, shown
from reminders.settings.model import Settings, StatusSettings
from reminders.settings.secret_files import SecretError, read_secret_file, secret_text, unreadable
from reminders.settings.table import every_setting, read_table, values_in
from reminders.settings.values import PATH
from reminders.yamltext import Scalar, YamlMistake, read_yaml

FILE_NAME = "reminders.yaml"
T = TypeVar("T")
_NOTHING = yamltext.Mapping((), 0)
_NO_FLAGS: Mapping[str, str] = MappingProxyType({})
Judge = Callable[[Settings], Iterable[Clash]]


class SettingsError(Exception):
    """Settings that cannot be used: each mistake with file, line, key, what was read and what to write."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def boards(config_dir: Path) -> tuple[str, ...]:
    """Return the names of the board folders below; none where the folder is a board's own."""
    if os.access(config_dir / FILE_NAME, os.F_OK) or not os.access(config_dir, os.R_OK):
        return ()
    return tuple(sorted(path.parent.name for path in config_dir.glob(f"*/{FILE_NAME}")))


def load_settings(
    config_dir: Path,
    environ: Mapping[str, str],
    *,
    flags: Mapping[str, str] = _NO_FLAGS,
    board_folder: str | None = None,
    judge: Judge = lambda _: (),
) -> Settings:
    """Return the settings in force; paths in flags are relative to where we are, all others to config_dir.

    A board in a folder of boards has its state below the state folder, under the name of its own folder.
    `judge` finds what only others know to be wrong; it stands in the same report.
    Raises SettingsError.
    """
    base = _absolute(config_dir)
    file_name = f"{board_folder}/{FILE_NAME}" if board_folder else FILE_NAME
    tree, mistakes = _read_file(base, file_name)
    given, faults = Given(tree, file_name), Faults()
    mistakes += lay_environment_over(given, environ)
    _fill_secrets(given, environ, base, faults)
    for name, text in flags.items():
        given.lay_over((name,), Scalar(str(_absolute(Path(text))), 0), f"--{name.removesuffix('_dir')}")
    settings = _in_place(read_table(Settings, given.tree, faults), given, base, board_folder)
    mistakes += map(given.report, [*faults.noted, *_clashes(settings, judge, faults)])
    if mistakes:
        raise SettingsError(tuple(mistakes))
    return settings


def settings_in_force(settings: Settings) -> list[tuple[str, str]]:
    """Return every key with its value as a person reads it; of a secret only whether it is set."""
    return list(values_in(settings))


def _read_file(base: Path, file_name: str) -> tuple[yamltext.Mapping, list[str]]:
    path = base / FILE_NAME
    try:
        tree = read_yaml(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return _NOTHING, [f"{file_name}: not found; looked in {base}; name the folder it lies in with --config"]
    except OSError as error:
        return _NOTHING, [f"{file_name}: {unreadable(path, error)}"]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return _NOTHING, [f"{file_name}, line {line}: not UTF-8; save it as UTF-8"]
    except YamlMistake as mistake:
        return _NOTHING, [f"{file_name}, {mistake}"]
    if isinstance(tree, yamltext.Mapping):
        return tree, []
    empty = isinstance(tree, Scalar) and tree.value is None
    return _NOTHING, [] if empty else [
        f"{file_name}, line {tree.line}: read {shown(tree)}; write settings as 'key: value'"
    ]


def _fill_secrets(given: Given, environ: Mapping[str, str], base: Path, faults: Faults) -> None:
    for key, setting in every_setting(Settings):
        if setting.secret:
            secret = _secret(key, given, environ, base, faults.under(key))
            given.lay_over(tuple(key.split(".")), Scalar(secret, 0))


def _secret(key: str, given: Given, environ: Mapping[str, str], base: Path, faults: Faults) -> str | None:
    in_file = environment_name(key)
    in_full = in_file.removesuffix("_FILE")
    node = given.node(key) or Scalar(None, 0)
    with suppress(Refused):
        try:
            if environ.get(in_full):
                given.lay_over(tuple(key.split(".")), node, in_full)
                return _secret_in_environment(environ, in_full, in_file)
            path = optional(PATH).read(node, faults)
            return None if path is None else read_secret_file(base / path)
        except SecretError as error:
            faults.note(node.line, str(error))
    return None


def _secret_in_environment(environ: Mapping[str, str], in_full: str, in_file: str) -> str:
    if environ.get(in_file):
        raise SecretError(f"set beside {in_file}; unset one of the two")
    return secret_text(environ[in_full].encode(errors="surrogateescape"))


def _in_place(settings: Settings, given: Given, base: Path, board_folder: str | None) -> Settings:
    settings = _anchored(settings, base)
    by_person = given.origin("status.address") is not None or settings.status.address != StatusSettings().address
    return replace(
        settings,
        state_dir=settings.state_dir / (board_folder or ""),
        status=replace(settings.status, set_by_person=by_person),
    )


def _anchored(table: T, base: Path) -> T:
    changes: dict[str, Any] = {}
    for each in fields(table):  # type: ignore[arg-type]
        value = getattr(table, each.name)
        if isinstance(value, Path):
            changes[each.name] = _absolute(base / value)
        elif is_dataclass(value):
            changes[each.name] = _anchored(value, base)
    return replace(table, **changes)  # type: ignore[type-var]


def _clashes(settings: Settings, judge: Judge, faults: Faults) -> Iterator[Fault]:
    wrong = {fault.key for fault in faults.noted}
    for clash in chain(clashes(settings), judge(settings)):
        if wrong.isdisjoint((clash.key, *clash.beside)):
            yield Fault(0, clash.key, clash.text)


def _absolute(path: Path) -> Path:
    """Follow no links: where one points may change while we run, as in a mounted Kubernetes ConfigMap."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve follows links
