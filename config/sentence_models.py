"""The sentence models that known claims are compared with: the agency's own, or the extra's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.configuration import SentenceModelSettings
from config.kept_vectors import KeptVectors
from pipeline.claims.e5.model import small_e5
from pipeline.claims.known.meaning import Models
from pipeline.claims.onnx_model import ModelError, OnnxModel
from pipeline.claims.scale import Scaled
from pipeline.claims.vectors import ModelMissingError, SentenceModel, universal_encoder
from pipeline.model import Claim
from pipeline.normalise import fold


@contextmanager
def sentence_models(
    own: SentenceModelSettings | None, claims: Sequence[Claim], data: Path
) -> Iterator[Models | None]:
    """Models that remember claims below the data folder; what is new is kept at the end.

    None where nothing is asked for and the extra `semantic` is not installed. What the settings ask
    for is not passed over in silence: raises ModelMissingError and ModelError.
    """
    asked = _asked(own)
    if asked is None:
        yield None
        return
    texts = [fold(claim.text).text for claim in claims]
    quick, careful = (KeptVectors(each, texts, data / "vectors") for each in asked)
    try:
        yield Models(quick, careful)
    finally:
        quick.keep()
        careful.keep()


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
