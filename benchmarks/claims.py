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

from benchmarks.texts import chinese, show
from pipeline.claims.known.index import ClaimIndex
from pipeline.model import Claim
from pipeline.normalise import fold

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


def _tfidf(claims: Sequence[str]) -> Callable[[str], object] | None:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        print("not installed: scikit-learn, the peer")
        return None
    reader = TfidfVectorizer(analyzer="char", ngram_range=(2, 2))
    matrix = reader.fit_transform(claims).T.tocsr()
    return lambda text: (reader.transform([text]) @ matrix).toarray()[0].argsort()[:-11:-1]


if __name__ == "__main__":
    main()
