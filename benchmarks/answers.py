"""What is found for a question among known claims, and how fast, beside SQLite's own trigrams.

    python benchmarks/answers.py [COUNT] [CLAIMS.jsonl QUERIES.jsonl]

COUNT invented claims, and for each two runs of its words in another order among words of others. Or
claims `{"id","text"}` and posts `{"id","text","relevant":[ids]}` of one's own, of which no claim is
meant by other posts. The named peer is FTS5 with its tokeniser `trigram` and the same BM25 over the
same texts in the same run; it cuts nothing off, so it finds something for nearly every question.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.store import WORDS
from pipeline.answers import answers_of
from pipeline.model import Claim
from pipeline.normalise import fold
from pipeline.stores import open_store

SHOWN = 5
LONGEST = 1000
Asked = tuple[str, list[str]]
"""A question and the ids that answer it."""
Find = Callable[[str], Sequence[str]]


def invented(count: int) -> tuple[list[Claim], list[Asked]]:
    dice = random.Random(5)
    said = [word for word in WORDS if len(word) > 1]
    claims, asked = [], []
    for number in range(count):
        words = [*dice.sample(said, 8), chr(0x4E00 + dice.randrange(3000)) * 2]
        claims.append(Claim(str(number), "".join(words)))
        told = "".join(words[6:]) + "，".join(("".join(words[1:4]), "".join(dice.sample(said, 4))))
        asked.append((f"听说{told}是真的吗", [str(number)]))
    return claims, asked[:300]


def given(claims: Path, queries: Path) -> tuple[list[Claim], list[Asked]]:
    lines = [json.loads(line) for line in claims.read_text("utf-8").splitlines()]
    posts = [json.loads(line) for line in queries.read_text("utf-8").splitlines()]
    asked = [(post["text"].replace("-", " ")[:LONGEST], post["relevant"]) for post in posts]
    return [Claim(line["id"], line["text"]) for line in lines], asked


def trigrams(claims: Sequence[Claim]) -> Find:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5 (id UNINDEXED, text, tokenize='trigram')")
    rows = [(claim.id, fold(claim.text).text) for claim in claims]
    db.executemany("INSERT INTO texts VALUES (?, ?)", rows)

    def find(text: str) -> list[str]:
        letters = "".join(filter(str.isalnum, fold(text).text))
        found = dict.fromkeys(letters[at : at + 3] for at in range(len(letters) - 2))
        match = " OR ".join(f'"{each}"' for each in [*found][:400])
        sql = "SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT ?"
        return [row[0] for row in db.execute(sql, (match, SHOWN))] if match else []

    return find


def measure(name: str, find: Find, asked: Sequence[Asked]) -> float:
    """Prints R@1 and R@5; mean processor time of a question, in milliseconds."""
    started = time.process_time()
    found = [find(text) for text, _ in asked]
    took = (time.process_time() - started) / len(asked) * 1000
    pairs = [(hits, answers) for hits, (_, answers) in zip(found, asked, strict=True)]
    first = sum(bool(set(hits[:1]) & set(answers)) for hits, answers in pairs) / len(pairs)
    among = sum(bool(set(hits) & set(answers)) for hits, answers in pairs) / len(pairs)
    print(f"{name:24}R@1 {first:.3f}  R@5 {among:.3f}{took:10.2f} ms")
    return took


def main(arguments: Sequence[str]) -> None:
    files = [Path(each) for each in arguments if each.endswith(".jsonl")]
    count = next((int(each) for each in arguments if each.isdigit()), 2000)
    claims, asked = given(*files) if files else invented(count)
    answers = answers_of(claims, [])
    with tempfile.TemporaryDirectory() as folder:
        with closing(open_store(f"sqlite:///{folder}/mentions.db")) as store:
            started = time.process_time()
            store.answers.replace(answers)
            print(f"{len(claims)} claims copied in {time.process_time() - started:.2f} s")

            def find(text: str) -> list[str]:
                return [each.id for each in store.answers.find(text, limit=SHOWN)]

            ours = measure("words and pairs", find, asked)
        peer = measure("FTS5 trigram", trigrams(claims), asked)
    print(f"time beside trigrams: {ours / peer:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
