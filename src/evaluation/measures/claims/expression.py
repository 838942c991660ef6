"""Comparisons of figures, such as ``ended + active = started``, worked out with their rounding.

Every name is an interval, and so is every intermediate result (interval arithmetic, Moore 1966): ``a = b`` holds when
both intervals have a value in common, ``a < b`` when it holds for all their values.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from evaluation.evidence import Bounded

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "\N{MULTIPLICATION SIGN}",
    ast.Div: "/",
}
RELATIONS = ("=", "<", ">")


class ExpressionError(ValueError):
    """A comparison that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes
    ----------
    text
        As written.
    left, right
        Its two sides.
    relation
        ``=``, ``<`` or ``>``.
    """

    text: str
    left: ast.expr
    right: ast.expr
    relation: str

    @property
    def names(self) -> tuple[str, ...]:
        """Figures and measures in it, from left to right."""
        return tuple(dict.fromkeys([*_names(self.left), *_names(self.right)]))

    def holds(self, left: Bounded, right: Bounded) -> bool | None:
        """Return whether it holds for the values of both sides; None when their rounding leaves it open."""
        if self.relation == "=":
            return left.low <= right.high and right.low <= left.high
        less, more = (left, right) if self.relation == "<" else (right, left)
        if less.high < more.low:
            return True
        return False if less.low > more.high else None


@cache
def parse(text: str) -> Comparison:
    """Read a comparison.

    Raises
    ------
    ExpressionError
        When it is not two sums of names and numbers with ``=``, ``<`` or ``>`` between them.
    """
    for relation in RELATIONS:
        left, found, right = text.partition(relation)
        if found:
            return Comparison(text, _side(left, text), _side(right, text), relation)
    raise ExpressionError(f"{text!r} compares nothing; write it with =, < or >")


def _side(side: str, text: str) -> ast.expr:
    try:
        expression = ast.parse(side.strip(), mode="eval").body
    except SyntaxError:
        raise ExpressionError(f"{text!r} cannot be read; write names and numbers with + - * / between them") from None
    for node in ast.walk(expression):
        allowed = (ast.BinOp, ast.Name, ast.Attribute, ast.Constant, ast.expr_context, *OPERATORS)
        if not isinstance(node, allowed) or (isinstance(node, ast.Constant) and not isinstance(node.value, int)):
            raise ExpressionError(f"{text!r} holds {ast.unparse(node)!r}; write names, whole numbers and + - * / only")
    return expression


def _names(expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.BinOp):
        yield from _names(expression.left)
        yield from _names(expression.right)
    elif isinstance(expression, ast.Name | ast.Attribute):
        yield ast.unparse(expression)


def value(expression: ast.expr, of: Callable[[str], Bounded]) -> Bounded:
    """Return the interval of one side, given that of each name."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, int):
        return Bounded(expression.value, expression.value, expression.value)
    if isinstance(expression, ast.BinOp):
        left, right = value(expression.left, of), value(expression.right, of)
        if isinstance(expression.op, ast.Add):
            return left + right
        if isinstance(expression.op, ast.Sub):
            return left - right
        return left / right if isinstance(expression.op, ast.Div) else _product(left, right)
    return of(ast.unparse(expression))


def _product(left: Bounded, right: Bounded) -> Bounded:
    corners = [x * y for x in (left.low, left.high) for y in (right.low, right.high)]
    return Bounded(left.value * right.value, min(corners), max(corners))


def spelled(expression: ast.expr, number: Callable[[str], str], constant: Callable[[int], str]) -> str:
    """Return one side as a calculation, ``4 + 7``, with a word for each name and number."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, int):
        return constant(expression.value)
    if isinstance(expression, ast.BinOp):
        parts = []
        for part in (expression.left, expression.right):
            text = spelled(part, number, constant)
            needs = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub)
            product = isinstance(expression.op, ast.Mult | ast.Div)
            parts.append(f"({text})" if needs and product else text)
        return f"{parts[0]} {OPERATORS[type(expression.op)]} {parts[1]}"
    return number(ast.unparse(expression))
