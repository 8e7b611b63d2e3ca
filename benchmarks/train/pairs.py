"""Trains what decides whether two short texts make the same claim, and prints held-out figures.

Run: `python -m benchmarks.train.pairs FOLDER [--write pipeline/claims/pairs]`, with the extras
`semantic` and `train`. Reads pawsx, lcqmc, bq and afqmc (`{"a","b","same"}`, a line each). A tenth
of the pairs, by hash of the text that sorts first, is never trained on: the quality gate reads it
too. Takes about twenty minutes; the same data gives the same files on the same machine.

Stacked: the networks' answers that the trees are trained on come from networks that have not seen
the pair (four parts), as at run time; what is written was trained on all nine tenths.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from pipeline.claims.e5.model import SmallE5
from pipeline.claims.pairs import forest, network
from pipeline.claims.pairs.attention import Relations, agreement, nearness
from pipeline.claims.pairs.features import features
from pipeline.claims.pairs.judges import SEMANTIC, Judges, packed
from pipeline.claims.pairs.reading import read
from pipeline.claims.vectors import UniversalEncoder, Vectors
from pipeline.evaluation.pairs import HELD_OUT, drawn, held_out

SETS = {"pawsx": 4.0, "lcqmc": 1.5, "bq": 1.5, "afqmc": 0.6}
"""Weight of a pair of each: without it the largest set decides."""
ROLES = "pawsx"
"""The set whose pairs have the same words in other roles."""
PARTS = 4
TREES: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 12, "min_data_in_leaf": 30,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5,
    "num_threads": 2, "seed": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip
ROUNDS = 500
NETWORKS, PROJECTED, HIDDEN, DROPPED = 2, 128, 64, 0.2
EPOCHS, BATCH, RATE = 8, 256, 2e-3
OUT = Path("pipeline/claims/pairs")

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    rows: Floats
    names: tuple[str, ...]
    quick: npt.NDArray[np.float32]
    careful: npt.NDArray[np.float32]
    """Vectors of the texts by both sentence models."""
    agreements: npt.NDArray[np.float32]
    """Of the careful one's heads; a row for each pair."""
    nearness: npt.NDArray[np.float32]
    first: Places
    second: Places
    """Rows of `quick` and `careful`."""
    same: Floats
    set: npt.NDArray[np.str_]
    part: Places
    """-1 held out, else 0…PARTS-1."""

    @property
    def weight(self) -> Floats:
        return np.array([SETS[each] for each in self.set])


def load(folder: Path, cache: Path) -> Pairs:
    pairs, same, sets, part = [], [], [], []
    for name in SETS:
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines():
            value = json.loads(line)
            a, b = value["a"], value["b"]
            pairs.append((read(a), read(b)))
            same.append(float(value["same"]))
            sets.append(name)
            part.append(-1 if held_out(a, b) else drawn(a, b) // HELD_OUT % PARTS)
    texts = sorted({each.text for pair in pairs for each in pair})
    place = {text: at for at, text in enumerate(texts)}
    found = [features(a, b) for a, b in pairs]
    looks = _looks([(a.text, b.text) for a, b in pairs], place, cache)
    return Pairs(
        rows=np.array([list(each.values()) for each in found]),
        names=tuple(found[0]),
        quick=_quick(texts, cache),
        careful=looks[0],
        agreements=looks[1],
        nearness=looks[2],
        first=np.array([place[a.text] for a, _ in pairs]),
        second=np.array([place[b.text] for _, b in pairs]),
        same=np.array(same),
        set=np.array(sets),
        part=np.array(part),
    )


def _looks(
    pairs: Sequence[tuple[str, str]], place: Mapping[str, int], cache: Path
) -> tuple[npt.NDArray[np.float32], ...]:
    """Vectors of the texts, agreements and nearness of the pairs. The slowest part, some 12 ms a
    pair."""
    texts = list(place)
    files = [
        _file(cache, f"{SmallE5.name}-{kind}", texts)
        for kind in ("vectors", "agreements", "nearness")
    ]
    if not all(file.exists() for file in files):
        look = lru_cache(64)(SmallE5().look)
        vectors = np.zeros((len(texts), SmallE5.dim), dtype=np.float16)
        agreements, near = [], []
        for a, b in pairs:
            first, second = look(a), look(b)
            vectors[place[a]], vectors[place[b]] = first.vector, second.vector
            agreements.append(agreement(first, second).astype(np.float16))
            near.append(nearness(first, second))
        for file, values in zip(files, (vectors, agreements, near), strict=True):
            np.save(file, np.array(values, dtype=np.float16))
    vectors, agreements, near = (np.load(file).astype(np.float32) for file in files)
    return vectors, agreements, near


def _quick(texts: list[str], cache: Path) -> npt.NDArray[np.float32]:
    file = _file(cache, UniversalEncoder.name, texts)
    if not file.exists():
        np.save(file, UniversalEncoder().encode(texts))
    return np.asarray(np.load(file))


def _file(cache: Path, kind: str, texts: list[str]) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
    return cache / f"{kind}-{key}.npy"


class Net(torch.nn.Module):  # type: ignore[misc] # torch is not in the lock files
    """What `network.Networks` evaluates, for one network."""

    def __init__(self, size: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.scale = size**0.5
        self.drop = torch.nn.Dropout(DROPPED)
        self.projection = torch.nn.Linear(size, PROJECTED, bias=False)
        torch.nn.init.orthogonal_(self.projection.weight)
        self.hidden = torch.nn.Linear(2 * PROJECTED, HIDDEN)
        self.out = torch.nn.Linear(HIDDEN, 1)

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        x, y = (self.projection(self.drop(each)) * self.scale for each in (a, b))
        hidden = torch.relu(self.hidden(torch.cat([x * y, (x - y).abs()], -1)))
        answer: torch.Tensor = self.out(self.drop(hidden)).squeeze(-1)
        return answer


def train_networks(pairs: Pairs, use: Places, vectors: Vectors) -> network.Networks:
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    made = [_train(torch.from_numpy(centred), pairs, use, seed) for seed in range(NETWORKS)]
    stacked = {
        name: np.stack([net.get_parameter(of).detach().numpy() for net in made])
        for name, of in (
            ("projection", "projection.weight"), ("hidden", "hidden.weight"),
            ("hidden_bias", "hidden.bias"), ("out", "out.weight"), ("out_bias", "out.bias"),
        )
    }  # fmt: skip
    stacked["out"] = stacked["out"][:, 0]
    stacked["out_bias"] = stacked["out_bias"][:, 0]
    return network.unpacked(network.packed(network.Networks(mean=mean, **stacked)))


def _train(vectors: torch.Tensor, pairs: Pairs, use: Places, seed: int) -> Net:
    net = Net(vectors.shape[1], seed)
    first, second = torch.from_numpy(pairs.first), torch.from_numpy(pairs.second)
    same = torch.from_numpy(pairs.same).float()
    random = np.random.default_rng(seed)
    steps = EPOCHS * (len(use) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    for _ in range(EPOCHS):
        order = random.permutation(use)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            batch = torch.from_numpy(order[at : at + BATCH])
            answer = net(vectors[first[batch]], vectors[second[batch]])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(answer, same[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    net.eval()
    return net


def train_relations(pairs: Pairs, use: Places) -> Relations:
    """On the pairs that differ in order alone: elsewhere heads learn what words say already."""
    use = use[pairs.set[use] == ROLES]
    scaler = StandardScaler().fit(pairs.agreements[use])
    fitted = LogisticRegression(C=0.01, max_iter=2000).fit(
        scaler.transform(pairs.agreements[use]), pairs.same[use]
    )
    weights = (fitted.coef_[0] / scaler.scale_).astype(np.float32)
    return Relations(weights, float(fitted.intercept_[0] - weights @ scaler.mean_))


def judges(pairs: Pairs, use: Places) -> Judges:
    return Judges(
        train_networks(pairs, use, pairs.quick),
        train_networks(pairs, use, pairs.careful),
        train_relations(pairs, use),
    )


def columns(pairs: Pairs, made: Judges, use: Places) -> Floats:
    first, second = pairs.first[use], pairs.second[use]
    return made.columns(
        (pairs.quick[first], pairs.quick[second]),
        (pairs.careful[first], pairs.careful[second]),
        pairs.agreements[use],
        pairs.nearness[use],
    )


def stacked_columns(pairs: Pairs, made: Judges, train: Places) -> Floats:
    """What the models say of every pair; of trained-on pairs, models that have not seen them."""
    found = columns(pairs, made, np.arange(len(pairs.same)))
    for part in range(PARTS):
        asked = train[pairs.part[train] == part]
        others = train[pairs.part[train] != part]
        found[asked] = columns(pairs, judges(pairs, others), asked)
    return found


def grow(pairs: Pairs, rows: Floats, names: tuple[str, ...], use: Places) -> forest.Forest:
    data = lightgbm.Dataset(rows[use], pairs.same[use], weight=pairs.weight[use])
    booster = lightgbm.train(TREES, data, ROUNDS)
    nodes: dict[str, list[float]] = {
        each: [] for each in ("feature", "threshold", "left", "right", "value")
    }

    def add(node: dict[str, Any]) -> int:
        place = len(nodes["feature"])
        split = "split_feature" in node
        nodes["feature"].append(node["split_feature"] if split else 0)
        nodes["threshold"].append(node["threshold"] if split else 0.0)
        nodes["value"].append(node["internal_value"] if split else node["leaf_value"])
        nodes["left"].append(place)
        nodes["right"].append(place)
        if split:
            nodes["left"][place] = add(node["left_child"])
            nodes["right"][place] = add(node["right_child"])
        return place

    roots = [add(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    stored = {key: np.array(value) for key, value in nodes.items()} | {"roots": np.array(roots)}
    return forest.unpacked(stored, names)


def scaled(pairs: Pairs, rows: Floats, names: tuple[str, ...], train: Places) -> Floats:
    """Slope and shift of log-odds, from trees asked about a part that they have not seen."""
    asked, others = train[pairs.part[train] == 0], train[pairs.part[train] != 0]
    margins = grow(pairs, rows, names, others).margins(rows[asked])
    fitted = LogisticRegression(C=1e6).fit(
        margins[:, None], pairs.same[asked], sample_weight=pairs.weight[asked]
    )
    return np.array([fitted.coef_[0, 0], fitted.intercept_[0]])


def report(name: str, pairs: Pairs, margins: Floats) -> None:
    """AUC, F1 and accuracy per set on the held-out tenth."""
    for each in SETS:
        here = (pairs.set == each) & (pairs.part == -1)
        same, found = pairs.same[here], margins[here]
        print(
            f"{name:9}{each:7}{here.sum():6} AUC {roc_auc_score(same, found):.4f}"
            f"  F1 {f1_score(same, found > 0):.3f}  accuracy {np.mean((found > 0) == same):.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("var/train"))
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"put the models there: {OUT}")
    options = parser.parse_args()
    torch.set_num_threads(2)
    pairs = load(options.folder, options.cache)
    train = np.flatnonzero(pairs.part >= 0)
    made = judges(pairs, train)
    seen = np.hstack([pairs.rows, stacked_columns(pairs, made, train)])
    for name, rows, names in (
        ("lexical", pairs.rows, pairs.names),
        ("semantic", seen, (*pairs.names, *SEMANTIC)),
    ):
        trees = grow(pairs, rows, names, train)
        scale = scaled(pairs, rows, names, train)
        report(name, pairs, scale[0] * trees.margins(rows) + scale[1])
        if options.write:
            stored: dict[str, Any] = {**forest.packed(trees), "scale": scale}
            if name == "semantic":
                stored |= packed(made)
            np.savez_compressed(options.write / f"{name}.npz", **stored)


if __name__ == "__main__":
    main()
