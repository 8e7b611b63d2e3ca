from __future__ import annotations

import os
import tempfile

# Before Django's settings are read: tests never touch the data of an installation.
os.environ["CHENGQING_DATA"] = tempfile.mkdtemp(prefix="chengqing-tests-")

from tests.search_server import elasticsearch_url

__all__ = ["elasticsearch_url"]
