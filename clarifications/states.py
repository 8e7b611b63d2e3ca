"""The states of a case, and the one table of moves between them: who may make which.

Pure: values in, a verdict out. A subset of the states of a full desk; the names stay the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from pipeline.model import Level


class State(StrEnum):
    DISCOVERED = "discovered"
    REGISTERED = "registered"
    DRAFTING = "drafting"
    APPROVING = "approving"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISMISSED = "dismissed"
