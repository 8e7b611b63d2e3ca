"""The sentence models that known claims are compared with: the agency's own, or the extra's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

from config.configuration import SentenceModelSettings
from config.kept_vectors import KeptVectors
from pipeline.claims.e5.model import small_e5
from pipeline.claims.known.models import Models
from pipeline.claims.onnx_model import ModelError, OnnxModel
from pipeline.claims.scale import Scaled
from pipeline.claims.vectors import ModelMissingError, SentenceModel, universal_encoder
from pipeline.model import Claim
from pipeline.normalise import fold

_log = logging.getLogger(__name__)


@contextmanager
def sentence_models(
    own: SentenceModelSettings | None, claims: Sequence[Claim], data: Path
) -> Iterator[Models | None]:
    """Models that remember claims below the data folder; what is new is kept at the end.

    None where nothing is asked for and the extra `semantic` is not installed. What the settings ask
    for is not passed over in silence: raises ModelMissingError and ModelError.
    """
    kept = _kept(own, claims, data)
    try:
        yield Models(*kept) if kept else None
    finally:
        for each in kept:
            each.keep()


class ModelsWhenAsked:
    """The same for what goes on whether they work or not: they are loaded when first asked for, and
    what keeps them from it is logged once; then words decide."""

    def __init__(
        self, own: SentenceModelSettings | None, claims: Sequence[Claim], data: Path
    ) -> None:
        self._load = partial(_kept, own, claims, data)
        self._lock = threading.Lock()

    def __call__(self) -> Models | None:
        with self._lock:
            return Models(*self._models) if self._models else None

    def keep(self) -> None:
        """Write what is new, if they were asked for at all."""
        for each in self.__dict__.get("_models", ()):
            each.keep()

    @cached_property
    def _models(self) -> tuple[KeptVectors, ...]:
        try:
            return self._load()
        except (ModelMissingError, ModelError) as error:
            _log.warning("claims are compared by their words alone: %s", error)
            return ()


def _kept(
    own: SentenceModelSettings | None, claims: Sequence[Claim], data: Path
) -> tuple[KeptVectors, ...]:
    """The quick model and the careful one, remembering claims; none where there are none."""
    texts = [fold(claim.text).text for claim in claims]
    return tuple(KeptVectors(each, texts, data / "vectors") for each in _asked(own) or ())


def _asked(own: SentenceModelSettings | None) -> tuple[SentenceModel, SentenceModel] | None:
    """The quick model and the careful one."""
    if own is not None:
        return universal_encoder(), own_model(own)
    try:
        return universal_encoder(), small_e5()
    except ModelMissingError:
        return None


def own_model(own: SentenceModelSettings) -> Scaled:
    """The agency's model on the scale of the thresholds. Raises ModelMissingError, ModelError."""
    model = Scaled(
        OnnxModel(own.folder, pooling=own.pooling, prefix=own.prefix, max_tokens=own.max_tokens)
    )
    if problem := model.likeness.problem:
        raise ModelError(
            f"sentence_model, {own.folder}: {problem}; check `pooling` and `prefix`, and that the "
            "model was made to compare Chinese sentences"
        )
    return model
