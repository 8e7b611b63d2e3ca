"""A real Elasticsearch for tests: unpacked by Maven, started on a free port in a temporary folder.

`CHENGQING_TEST_ELASTICSEARCH` names one that already runs, `CHENGQING_TEST_CACHE` the folder in
which the unpacked server is kept between runs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

POM = Path(__file__).parents[1] / ".ci" / "search-server.pom.xml"
INSTALL = "apt-get install maven default-jre-headless"
REQUIRED = os.environ.get("CHENGQING_REQUIRE_ALL") == "1"
CACHE = Path(os.environ.get("CHENGQING_TEST_CACHE") or f"/var/tmp/chengqing-tests-{os.geteuid()}")
"""Not below the home folder: as root the server runs as `nobody`, who must be able to read it."""
SETTINGS = """\
path.data: {folder}/data
path.logs: {folder}/logs
cluster.name: chengqing-tests
node.name: n1
discovery.type: single-node
network.host: 127.0.0.1
http.port: 0
transport.port: 0
node.portsfile: true
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
_GIVEN = os.environ.get("CHENGQING_TEST_ELASTICSEARCH")
_told = pytest.StashKey[str]()
"""The line at the end of the run."""


def _unpacked() -> Path:
    """The server's folder; fetched from Maven's registry the first time."""
    version = re.search(r"<version>([^<]+)</version>\s*<type>zip", POM.read_text())
    assert version is not None
    kept = CACHE / f"elasticsearch-{version[1]}"
    if kept.exists():
        return kept
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = ["mvn", "-q", "-B", "-f", str(POM), f"-Dfolder={folder}", "dependency:unpack"]
        subprocess.run(command, check=True, timeout=600)
        unpacked = Path(folder) / kept.name
        (unpacked / "plugins").mkdir(exist_ok=True)
        return unpacked.rename(kept)


class SearchServer:
    """One server on its own data, which outlive a stop and another start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        config = folder / "config"
        for each in (config / "jvm.options.d", folder / "logs", folder / "data", folder / "tmp"):
            each.mkdir(parents=True)
        self._home = _unpacked()
        for name in ("jvm.options", "log4j2.properties"):
            shutil.copy(self._home / "config" / name, config / name)
        (config / "jvm.options.d" / "heap.options").write_text("-Xms512m\n-Xmx512m\n")
        (config / "elasticsearch.yml").write_text(SETTINGS.format(folder=folder))
        self._drop: list[str] = []
        if os.geteuid() == 0:
            self._drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            subprocess.run(["chown", "-R", "nobody:nogroup", str(folder)], check=True)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        java = shutil.which("java")
        assert java is not None
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ES_JAVA_HOME": str(Path(java).resolve().parents[1]),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
        }
        (self.folder / "logs" / "http.ports").unlink(missing_ok=True)
        with (self.folder / "out.log").open("ab") as out:
            self._child = subprocess.Popen(
                [*self._drop, str(self._home / "bin" / "elasticsearch")],
                env=environment,
                stdout=out,
                stderr=out,
                cwd=self.folder,
            )
        self.url = self._answering(self._child)

    def _answering(self, child: subprocess.Popen[bytes]) -> str:
        ports = self.folder / "logs" / "http.ports"
        deadline = time.monotonic() + 180
        while child.poll() is None and time.monotonic() < deadline:
            if ports.exists() and ports.read_text().strip():
                url = f"http://{ports.read_text().split()[0]}"
                try:
                    health = f"{url}/_cluster/health?wait_for_status=yellow"
                    if requests.get(health, timeout=10).ok:
                        return url
                except requests.RequestException:
                    pass
            time.sleep(0.2)
        pytest.fail(f"Elasticsearch: no start; {(self.folder / 'out.log').read_text()[-2000:]}")

    def stop(self) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


def _missing() -> str | None:
    """Why there can be no server here, and what to do; None when there can."""
    if _GIVEN or (shutil.which("mvn") and shutil.which("java")):
        return None
    return f"no JDK or Maven for a real Elasticsearch: {INSTALL}"


@contextmanager
def search_server() -> Iterator[SearchServer]:
    """A server of one's own, running."""
    with tempfile.TemporaryDirectory(
        prefix="chengqing-elasticsearch-", ignore_cleanup_errors=True
    ) as name:
        server = SearchServer(Path(name))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def elasticsearch_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """Address of a real server, http://host:port, one for the whole run.

    Tests that use it carry the mark `elasticsearch`.
    """
    missing = _missing()
    if missing is not None:
        pytest.fail(missing)
    if _GIVEN:
        pytestconfig.stash[_told] = _described(_GIVEN)
        yield _GIVEN
        return
    with search_server() as server:
        pytestconfig.stash[_told] = _described(server.url)
        yield server.url


def _described(url: str) -> str:
    nodes = requests.get(f"{url}/_nodes/_local/_none", timeout=10).json()["nodes"]
    return f"Search server: Elasticsearch {next(iter(nodes.values()))['version']} at {url}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a server its tests are left out, told in one line; where all is required they fail."""
    missing = _missing()
    skipped = [item for item in items if item.get_closest_marker("elasticsearch")]
    if missing is None or REQUIRED or not skipped:
        return
    items[:] = [item for item in items if item not in skipped]
    config.hook.pytest_deselected(items=skipped)
    config.stash[_told] = f"SKIPPED {len(skipped)} tests: {missing}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tells which server the tests ran against, or why they did not."""
    if _told in config.stash:
        terminalreporter.write_line(config.stash[_told])
