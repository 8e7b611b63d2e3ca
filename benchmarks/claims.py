"""Mentions compared with 10,000 claims, beside scipy's TF-IDF on the same texts.

Run: `.venv/bin/python -m benchmarks.claims`. Texts of 800 characters of random Chinese; one core.
Untouched texts repeat nothing, touching ones have a claim in their middle. The peer, if scipy and
scikit-learn are installed, only ranks: no passage, no decision.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.texts import chinese, show
from config.kept_vectors import KeptVectors
from pipeline.claims.e5.model import small_e5
from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.models import Models
from pipeline.claims.vectors import ModelMissingError, Vectors, universal_encoder
from pipeline.model import Claim
from pipeline.normalise import fold

OWN = Path(__file__).parents[1] / "tests" / "quality" / "similar"
_show = partial(show, seconds=3.0)


def main() -> None:
    random.seed(7)
    claims = [Claim(f"c{at}", chinese(random.randint(10, 30))) for at in range(10_000)]
    untouched = [chinese(800) for _ in range(200)]
    touching = [f"{text[:400]}。{random.choice(claims).text}。{text[430:]}" for text in untouched]
    started = time.perf_counter()
    index = ClaimIndex(claims)
    print(f"{'compile 10,000 claims':34}{time.perf_counter() - started:10.2f} s")
    _show("fold alone", fold, untouched)
    _show("repeated, nothing touched", lambda text: index.repeated("", text), untouched)
    _show("repeated, one claim touched", lambda text: index.repeated("", text), touching)
    _show("match, ten best in order", lambda text: index.match("", text), touching)
    if peer := _tfidf([claim.text for claim in claims]):
        _show("scipy TF-IDF bigrams, ten best", peer, touching)
    found = sum(bool(index.repeated("", text)) for text in touching)
    print(f"{found} of {len(touching)} repeated claims confirmed")
    _with_models(claims)


def _tfidf(claims: Sequence[str]) -> Callable[[str], object] | None:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        print("not installed: scikit-learn, the peer")
        return None
    reader = TfidfVectorizer(analyzer="char", ngram_range=(2, 2))
    matrix = reader.fit_transform(claims).T.tocsr()
    return lambda text: (reader.transform([text]) @ matrix).toarray()[0].argsort()[:-11:-1]


def _with_models(claims: Sequence[Claim]) -> None:
    """Our own posts against the same claims and our own, where words leave it to the models."""
    try:
        quick, careful = universal_encoder(), small_e5()
    except ModelMissingError as error:
        print(error)
        return
    lines = (OWN / "claims.txt").read_text("utf-8").splitlines()
    own = [Claim(id_, text, False) for id_, text in (line.split("\t") for line in lines)]
    remembered = [fold(claim.text).text for claim in own]
    with TemporaryDirectory() as folder:
        kept = [KeptVectors(each, remembered, Path(folder)) for each in (quick, careful)]
        asked = _Counted(kept[0])
        index = ClaimIndex([*claims, *own], lambda: Models(asked, kept[1]))
        lines = (OWN / "posts.txt").read_text("utf-8").splitlines()
        posts = [text for _, _, text in (line.split("\t") for line in lines)]
        open_posts = [post for post in posts if asked.during(partial(index.links, "", post))]
        settled = [post for post in posts if post not in open_posts]
        _show(f"links, words decide, {len(settled)} posts", partial(index.links, ""), settled)
        _show(f"links, models asked, {len(open_posts)} posts", partial(index.links, ""), open_posts)


class _Counted:
    """A sentence model that tells whether it was asked."""

    def __init__(self, model: KeptVectors) -> None:
        self.name, self.dim, self._model, self._asked = model.name, model.dim, model, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        self._asked = True
        return self._model.encode(texts)

    def during(self, work: Callable[[], object]) -> bool:
        self._asked = False
        work()
        return self._asked


if __name__ == "__main__":
    main()
