"""Loaded before Django's settings (`-p tests.environment`): tests never touch an installation."""

from __future__ import annotations

import os
import tempfile

os.environ["CHENGQING_DATA"] = tempfile.mkdtemp(prefix="chengqing-tests-")
os.environ.pop("CHENGQING_CONFIG", None)
