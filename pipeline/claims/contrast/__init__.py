"""An official text against another version of it, without prepared elements."""

from pipeline.claims.contrast.model import Contrast, Difference, DifferenceKind
from pipeline.claims.contrast.verdict import contrast

__all__ = ["Contrast", "Difference", "DifferenceKind", "contrast"]
