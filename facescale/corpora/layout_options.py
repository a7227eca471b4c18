"""Settings of a corpus layout as people type them: "name=value". Knows no layout."""

import types
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Options = TypeVar("Options")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def options_of(kind: type[Options], settings: Iterable[str]) -> Options:
    """Make the options of a layout.

    Args:
        kind: the layout's dataclass of options. Its fields are text, numbers, truth values, one of several
            words, several texts (typed with commas between them), or one of these or None (typed as "none").
        settings: such as "unit=m" and "cameras=222200037,222200046"; the last of a name counts.

    Raises:
        ValueError: a name that the layout does not have, or a value that it cannot use.
    """
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or name not in hints:
            known = ", ".join(field.name for field in fields(kind))  # pyright: ignore[reportArgumentType]
            raise ValueError(f"expected an option NAME=VALUE with a name out of {known}, got {setting!r}")
        given[name] = _value(name, text, hints[name])
    return kind(**given)


def _value(name: str, text: str, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        (other,) = (one for one in arguments if one is not type(None))
        return None if text.lower() == "none" else _value(name, text, other)
    if origin is tuple:
        return tuple(_value(name, part, arguments[0]) for part in text.split(",") if part)
    if origin is Literal:
        return _word(name, text, arguments)
    if hint is bool:
        return _word(name, text.lower(), _TRUE + _FALSE, "true or false") in _TRUE
    return text if hint is str else _number(name, text, hint)


def _word(name: str, text: str, words: tuple[str, ...], expected: str = "") -> str:
    if text not in words:
        raise ValueError(f"expected {name} to be {expected or 'one of ' + ', '.join(words)}, got {text!r}")
    return text


def _number(name: str, text: str, kind: type) -> Any:
    assert kind in {int, float}, f"an option {name} of the type {kind}"
    try:
        return kind(text)
    except ValueError as error:
        expected = "a whole number" if kind is int else "a number"
        raise ValueError(f"expected {name} to be {expected}, got {text!r}") from error
