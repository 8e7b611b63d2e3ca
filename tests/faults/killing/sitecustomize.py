"""Loaded by Python at start when this folder is on PYTHONPATH: kills the process at a chosen point.

CHENGQING_TEST_KILL is `process/module:Class.method/n/before|after`, or `module:function`: at the
n-th call of it the process that runs `process` (a word of its command line) kills itself.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _patch(module: ModuleType, path: str, number: int, when: str) -> None:
    owner_name, _, name = path.rpartition(".")
    owner = getattr(module, owner_name) if owner_name else module
    original = getattr(owner, name)
    calls = 0

    @functools.wraps(original)
    def killing(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            _die()
        result = original(*args, **kwargs)
        if calls == number and when == "after":
            _die()
        return result

    setattr(owner, name, killing)


class _Finder(importlib.abc.MetaPathFinder):
    """Patches the module right after it was loaded."""

    def __init__(self, module: str, path: str, number: int, when: str) -> None:
        self.module, self.about = module, (path, number, when)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        sys.meta_path.remove(self)
        spec: importlib.machinery.ModuleSpec | None = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            _patch(module, *self.about)

        setattr(spec.loader, "exec_module", exec_module)  # noqa: B010
        return spec


_wanted = os.environ.get("CHENGQING_TEST_KILL", "")
if _wanted:
    _process, _place, _number, _when = _wanted.split("/")
    if _process in sys.orig_argv:
        _module, _, _path = _place.partition(":")
        sys.meta_path.insert(0, _Finder(_module, _path, int(_number), _when))
