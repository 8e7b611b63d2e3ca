"""The Elasticsearch store where the server, the network or the data fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from pipeline.errors import StoreError
from pipeline.model import Query
from pipeline.stores import open_store
from pipeline.stores.elastic import ElasticStore
from pipeline.stores.elastic_documents import document, template
from tests.builders import mention
from tests.contracts.fault_proxy import Fault, FaultProxy, fault_proxy

FAULTS: list[Fault] = ["cut before", "cut after", "busy"]


@pytest.fixture
def store(elastic_address: str) -> Iterator[ElasticStore]:
    with closing(ElasticStore(elastic_address.removeprefix("elasticsearch+"))) as opened:
        yield opened


@pytest.fixture
def alias(elastic_address: str) -> str:
    return elastic_address.rpartition("/")[2]


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[FaultProxy]:
    with fault_proxy(elasticsearch_url) as running:
        yield running


# --- the network -------------------------------------------------------------------------------


@pytest.mark.elasticsearch
@pytest.mark.parametrize("fault", FAULTS)
def test_a_put_that_failed_is_repeated_without_harm(
    proxy: FaultProxy, alias: str, fault: Fault
) -> None:
    with closing(open_store(f"elasticsearch+{proxy.url}/{alias}")) as store:
        old = mention("a", text="旧", version=1, content_hash="1")
        store.put([old])
        new = replace(old, text="新", version=2, content_hash="2")
        proxy.fault = fault
        with pytest.raises(StoreError, match=r"127\.0\.0\.1") as caught:
            store.put([new, mention("b")])
        assert caught.value.retryable
        assert "\n" not in str(caught.value)
        proxy.fault = "none"
        assert store.put([new, mention("b")]) == ["updated", "created"]
        assert store.versions("a") == [new, old]
        store.refresh()
        assert store.count(Query()) == 2


@pytest.mark.elasticsearch
def test_an_answer_lost_in_the_middle_of_a_put(store: ElasticStore) -> None:
    """The earlier version is written first, so that a crash in between loses neither."""
    old = mention("a", text="旧", version=1, content_hash="1")
    new = replace(old, text="新", version=2, content_hash="2")
    store.put([old])
    store._write([store._action(old, current=False)])
    assert store.versions("a") == [old]
    assert store.put([new]) == ["updated"]
    assert store.versions("a") == [new, old]


@pytest.mark.elasticsearch
@pytest.mark.parametrize("fault", FAULTS)
def test_reading_fails_in_one_sentence(proxy: FaultProxy, alias: str, fault: Fault) -> None:
    with closing(open_store(f"elasticsearch+{proxy.url}/{alias}")) as store:
        proxy.fault = fault
        calls: list[Any] = [
            lambda: store.search(Query("停水")),
            lambda: store.get(["a"]),
            lambda: store.facets(Query(), "source"),
            store.refresh,
        ]
        for call in calls:
            with pytest.raises(StoreError) as caught:
                call()
            assert caught.value.retryable
            assert "\n" not in str(caught.value)


def test_a_server_that_is_gone_is_worth_another_try() -> None:
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9: no answer") as caught:
        open_store("elasticsearch+http://user:secret@127.0.0.1:9/gone")
    assert caught.value.retryable
    assert "secret" not in str(caught.value)


# --- other writers -----------------------------------------------------------------------------


@pytest.mark.elasticsearch
def test_a_newer_version_of_another_writer_is_not_overwritten(
    store: ElasticStore, elastic_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = mention("a", text="旧", version=1, content_hash="1")
    newer = replace(older, text="新", version=2, content_hash="2")
    with closing(open_store(elastic_address)) as other:
        write = store._write

        def overtaken(actions: Any) -> list[str]:
            monkeypatch.undo()
            other.put([newer])
            return write(actions)

        monkeypatch.setattr(store, "_write", overtaken)
        assert store.put([older, mention("b")]) == ["stale", "created"]
    assert store.get(["a"]) == {"a": newer}


@pytest.mark.elasticsearch
def test_several_may_make_the_index_at_once(elastic_address: str) -> None:
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def make(number: int) -> None:
        try:
            start.wait()
            with closing(open_store(elastic_address)) as own:
                own.put([mention(f"m{number}")])
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=make, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing(open_store(elastic_address)) as store:
        store.refresh()
        assert store.count(Query()) == 4


# --- the data ----------------------------------------------------------------------------------


@pytest.mark.elasticsearch
def test_one_refused_document_is_named_and_the_others_are_stored(store: ElasticStore) -> None:
    bad = mention("bad", source="长" * 20_000)
    with pytest.raises(
        StoreError, match=r"1 of 3 mentions were not stored; first bad: 400"
    ) as caught:
        store.put([mention("a"), bad, mention("b")])
    assert not caught.value.retryable
    assert set(store.get(["a", "b", "bad"])) == {"a", "b"}
    assert store.put([mention("a"), mention("b")]) == ["unchanged", "unchanged"]


@pytest.mark.elasticsearch
def test_an_index_closed_by_a_full_disk_is_worth_another_try(
    store: ElasticStore, alias: str, elasticsearch_url: str
) -> None:
    path = f"{elasticsearch_url}/{alias}-000001/_settings"
    block = "index.blocks.read_only_allow_delete"
    assert requests.put(path, json={block: True}, timeout=10).ok
    with pytest.raises(StoreError, match="2 of 2 mentions were not stored") as caught:
        store.put([mention("a"), mention("b")])
    assert caught.value.retryable
    assert requests.put(path, json={block: None}, timeout=10).ok
    assert store.put([mention("a"), mention("b")]) == ["created", "created"]


@pytest.mark.elasticsearch
def test_a_lost_alias_is_told_and_no_index_appears_by_itself(
    store: ElasticStore, alias: str, elasticsearch_url: str
) -> None:
    path = f"{elasticsearch_url}/{alias}-000001/_alias/{alias}"
    assert requests.delete(path, timeout=10).ok
    with pytest.raises(StoreError, match=alias):
        store.put([mention("a")])
    with pytest.raises(StoreError, match=alias):
        store._write([store._action(mention("a"), current=True)])
    assert requests.get(f"{elasticsearch_url}/{alias}", timeout=10).status_code == 404
    with pytest.raises(StoreError, match=alias):
        ElasticStore(f"{elasticsearch_url}/{alias}")


@pytest.mark.elasticsearch
def test_the_index_of_another_version_is_refused(
    store: ElasticStore, alias: str, elasticsearch_url: str
) -> None:
    body = {"_meta": {"schema": 2, "tokens": 1}}
    path = f"{elasticsearch_url}/{alias}-000001/_mapping"
    assert requests.put(path, json=body, timeout=10).ok
    with pytest.raises(StoreError, match="is of another version"):
        ElasticStore(f"{elasticsearch_url}/{alias}")


@pytest.mark.elasticsearch
def test_the_mapping_is_the_template_and_grows_by_nothing(
    store: ElasticStore, alias: str, elasticsearch_url: str
) -> None:
    store.put([mention("a", text="停水")])
    path = f"{elasticsearch_url}/{alias}-000001/_mapping"
    found = requests.get(path, timeout=10).json()[f"{alias}-000001"]["mappings"]
    wanted = template(alias)["template"]["mappings"]
    assert (
        set(found["properties"])
        == set(wanted["properties"])
        == set(document(mention(), current=True))
    )
    assert found["dynamic"] == "strict"


# --- what is no Elasticsearch, or another one --------------------------------------------------


@contextmanager
def answering(status: int, body: object, headers: dict[str, str]) -> Iterator[str]:
    """A server that answers the same to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


ELASTIC = {"X-Elastic-Product": "Elasticsearch"}


@pytest.mark.parametrize(
    ("status", "body", "headers", "told"),
    [
        (200, {"nodes": {"n": {"version": "3.6.0"}}}, {}, "not Elasticsearch; known are Elastic"),
        (404, {"detail": "no"}, {}, "not Elasticsearch; known are Elasticsearch 7.17, 8 and 9"),
        (200, {"nodes": {"n": {"version": "7.10.2"}}}, ELASTIC, "is Elasticsearch 7.10.2, known"),
        (200, {"nodes": {"n": {"version": "10.0.0"}}}, ELASTIC, "is Elasticsearch 10.0.0, known"),
        (200, {"strange": 1}, ELASTIC, "not Elasticsearch"),
        (
            400,
            {"error": {"type": "media_type_header_exception", "reason": "Invalid media-type"}},
            ELASTIC,
            "does not understand this client",
        ),
        (
            401,
            {"error": {"type": "security_exception", "reason": "unable to authenticate user"}},
            ELASTIC,
            "401 unable to authenticate user",
        ),
    ],
)
def test_what_cannot_be_used_is_told(
    status: int, body: object, headers: dict[str, str], told: str
) -> None:
    with answering(status, body, headers) as url, pytest.raises(StoreError, match=told) as caught:
        open_store(f"elasticsearch+{url}")
    assert not caught.value.retryable


@pytest.mark.parametrize("place", ["http://127.0.0.1:port/x", "http://[::1/x", "http://h:99999"])
def test_an_address_that_is_none_is_told(place: str) -> None:
    with pytest.raises(StoreError, match="is no address"):
        open_store(f"elasticsearch+{place}")
