"""The little language of --where: `subject == "012" and size > 1000`. Knows only names, values and rows.

The expression is parsed, never executed: what is not on the list below does not exist in the language.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

Row = Mapping[str, Any]
_Evaluate = Callable[[Row], Any]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda first, second: first / second if second else math.nan,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "glob": fnmatchcase,
    "matches": lambda text, pattern: re.search(pattern, text) is not None,
}
_GRAMMAR = (
    'names, numbers, "text", ( , ) lists, == != < <= > >=, in, not in, and, or, not, + - * /, '
    'glob(name, "a*"), matches(name, "regular expression") and attributes["name"]'
)


def compile_where(
    expression: str, *, columns: Collection[str], attributes: Collection[str]
) -> Callable[[Row], bool]:
    """Turn an expression into a test of one row.

    An attribute that a row lacks equals nothing and is in nothing; attributes are text, and count as numbers
    where they are compared with one.

    Args:
        expression: what the user wrote.
        columns: names that are columns of the row.
        attributes: names that some row has in its "attributes"; a column of the same name hides one.

    Returns:
        A function of a row (a mapping with the columns and "attributes", itself a mapping).

    Raises:
        ValueError: not in the language, or a name that is neither; says what is allowed.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"expected an expression like 'size > 1000', got {expression!r}: {error}") from error
    evaluate = _Compiler(expression, frozenset(columns), frozenset(attributes)).build(tree.body)
    return lambda row: bool(evaluate(row))


class _Compiler:
    def __init__(self, expression: str, columns: frozenset[str], attributes: frozenset[str]) -> None:
        self.expression = expression
        self.columns = columns
        self.attributes = attributes

    def build(self, node: ast.expr) -> _Evaluate:  # noqa: PLR0911 - one return a form of the language
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                parts = [self.build(value) for value in values]
                return lambda row: all(part(row) for part in parts)
            case ast.BoolOp(values=values):
                parts = [self.build(value) for value in values]
                return lambda row: any(part(row) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.build(operand)
                return lambda row: not inner(row)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.build(operand)
                return lambda row: -_number(inner(row))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._comparison(left, ops, comparators)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                compute, first, second = _ARITHMETIC[type(op)], self.build(left), self.build(right)
                return lambda row: compute(_number(first(row)), _number(second(row)))
            case ast.Call(
                func=ast.Name(id=name), args=[text, ast.Constant(value=str(pattern))], keywords=[]
            ) if name in _FUNCTIONS:
                return self._function(name, text, pattern)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Subscript(value=ast.Name(id="attributes"), slice=ast.Constant(value=str(name))):
                return self._attribute(name)
            case ast.Constant(value=str() | int() | float() as value):
                return lambda _row: value
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                parts = [self.build(element) for element in elements]
                return lambda row: tuple(part(row) for part in parts)
            case _:
                raise ValueError(
                    f"{ast.unparse(node)!r} in {self.expression!r} is not in the language; expected {_GRAMMAR}"
                )

    def _comparison(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]) -> _Evaluate:
        sides = [self.build(side) for side in (left, *comparators)]
        tests = [self._test(op) for op in ops]

        def evaluate(row: Row) -> bool:
            values = [side(row) for side in sides]
            return all(
                test(first, second) for test, first, second in zip(tests, values, values[1:], strict=False)
            )

        return evaluate

    def _test(self, op: ast.cmpop) -> Callable[[Any, Any], bool]:
        if isinstance(op, ast.In):
            return _contains
        if isinstance(op, ast.NotIn):
            return lambda value, group: not _contains(value, group)
        if type(op) not in _COMPARISONS:
            raise ValueError(f"'is' in {self.expression!r} is not in the language; use == or !=")
        compare = _COMPARISONS[type(op)]
        return lambda first, second: _compare(compare, first, second)

    def _function(self, name: str, text: ast.expr, pattern: str) -> _Evaluate:
        if name == "matches":
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"expected a regular expression, got {pattern!r}: {error}") from error
        inner, function = self.build(text), _FUNCTIONS[name]

        def evaluate(row: Row) -> bool:
            value = inner(row)
            return value is not None and function(str(value), pattern)

        return evaluate

    def _name(self, name: str) -> _Evaluate:
        if name in self.columns:
            return lambda row: row[name]
        return self._attribute(name)

    def _attribute(self, name: str) -> _Evaluate:
        if name not in self.attributes:
            own = ", ".join(sorted(self.attributes)) or "none"
            raise ValueError(
                f"unknown name {name!r} in {self.expression!r}; expected one of the columns "
                f"{', '.join(sorted(self.columns))} or the attributes of this corpus: {own}"
            )
        return lambda row: row["attributes"].get(name)


def _compare(compare: Callable[[Any, Any], bool], first: Any, second: Any) -> bool:
    first, second = _alike(first, second)
    if first is None or second is None or isinstance(first, str) != isinstance(second, str):
        return compare is operator.ne and first is not second
    return compare(first, second)


def _contains(value: Any, group: Any) -> bool:
    if isinstance(group, str):
        return isinstance(value, str) and value in group
    return isinstance(group, tuple) and any(_compare(operator.eq, value, member) for member in group)


def _alike(first: Any, second: Any) -> tuple[Any, Any]:
    """Read text as a number where the other side is one."""
    if isinstance(first, str) and isinstance(second, int | float):
        return _read_number(first), second
    if isinstance(second, str) and isinstance(first, int | float):
        return first, _read_number(second)
    return first, second


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _number(value: Any) -> float:
    number = _read_number(value) if isinstance(value, str) else value
    return math.nan if number is None else number
