"""YAML → plain values with the line of every one of them.

Only the parser of ruamel.yaml is used: nodes are built into values here, so that lines are kept,
a key given twice is noticed, and nothing but plain values can come out. Aliases are refused, and
with them the texts that unfold into gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 40
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, and what to do where that is not plain."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


@dataclass
class Tree:
    """The value of a file and the line (from 1) of each of its parts."""

    file: str
    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: KeyPath) -> int | None:
        """Line of a part, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def problem(self, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(self.file, self.line(path), message))


def read_tree(path: Path, name: str | None = None) -> Tree:
    """The tree of a file. Never raises: what is wrong stands in `problems`."""
    tree = Tree(name or path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            tree.problem((), f"the file is larger than {MAX_BYTES >> 20} MB; split it")
            return tree
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        tree.problem((), "the file is not UTF-8 text; save it as UTF-8")
        return tree
    except OSError as error:
        tree.problem((), f"the file cannot be read ({error.strerror}); check name and permissions")
        return tree
    return _built(tree, text)


def tree_of(text: str, name: str) -> Tree:
    """The tree of a text. Never raises: what is wrong stands in `problems`."""
    return _built(Tree(name), text)


def _built(tree: Tree, text: str) -> Tree:
    try:
        node = YAML(typ="safe", pure=False).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        tree.problems.append(Problem(tree.file, line, f"not valid YAML: {error.problem}"))
        return tree
    except (YAMLError, ValueError, RecursionError) as error:
        tree.problem(
            (), f"not valid YAML: {str(error).splitlines()[0] if str(error) else 'too deep'}"
        )
        return tree
    if node is not None:
        tree.value = _Builder(tree).build(node, ())
    return tree


class _Builder:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.seen: set[int] = set()

    def build(self, node: Node, path: KeyPath) -> Any:
        self.tree.lines[path] = node.start_mark.line + 1
        if len(path) > MAX_DEPTH:
            self.tree.problem(path, "nested too deeply")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if id(node) in self.seen:
            self.tree.problem(path, "anchors and aliases (&, *) are not allowed; write it out")
            return None
        self.seen.add(id(node))
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]
        assert isinstance(node, MappingNode)
        return self._mapping(node, path)

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if key is None:
                self.tree.problem(path, "a key must be a word")
                continue
            at = (*path, key)
            self.tree.lines[at] = key_node.start_mark.line + 1
            if key in result:
                self.tree.problem(at, f"the key “{key}” stands here twice")
            result[key] = self.build(value_node, at)
        return result

    def _scalar(self, node: ScalarNode, path: KeyPath) -> Any:
        kind, text = str(node.tag).rpartition(":")[2], str(node.value)
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        try:
            if kind == "int":
                return int(text.replace("_", ""), 0 if text[:2].lower() in ("0x", "0o") else 10)
            if kind == "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
            if kind == "timestamp":
                return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            self.tree.problem(path, f"“{text}” cannot be read; put it in quotes if it is a text")
            return None
        self.tree.problem(path, f"“{node.tag}” is not allowed here; use plain values")
        return None
