"""Reads YAML as it is meant: a key that stands twice, or a date that does not exist, is refused on one line."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode


class YamlError(Exception):
    """A text that is no YAML; the message names line and cause, and not the file."""


def read_yaml(text: str) -> Any:
    """Return what a text in YAML holds.

    Raises
    ------
    YamlError
        When it cannot be read, a key stands twice, or a value is not what it looks like.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise YamlError(place + " ".join((error.problem or error.context or "not readable").split())) from None
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from None
    except RecursionError:
        raise YamlError("it is nested too deep") from None


class _Loader(yaml.SafeLoader):
    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        """Refuse a key that stands twice, of which the first would be dropped."""
        node: MappingNode = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, ScalarNode) and key.value in seen:
                problem = f"key {key.value!r} stands twice in one place; keep one of them"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if isinstance(key, ScalarNode):
                seen.add(key.value)
        return node

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        """Name the line of a value that is not what it looks like, such as a date that does not exist."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            problem = f"{node.value!r} is not what it looks like ({error}); correct it, or quote it"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None
