"""A real Elasticsearch for tests: unpacked by Maven, started on a free port in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

VERSION = "8.19.21"
INSTALL = "apt-get install maven default-jre-headless"
CACHE = Path(os.environ.get("CHENGQING_TEST_CACHE", Path("/var/tmp/chengqing-tests")))
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack"


def _unpacked() -> Path:
    """The server's folder; fetched from Maven's registry the first time."""
    home = CACHE / f"elasticsearch-{VERSION}"
    if not home.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [
            "mvn",
            "-q",
            "-B",
            UNPACK,
            f"-Dartifact={ARTIFACT}",
            f"-DoutputDirectory={CACHE}",
        ]
        subprocess.run(command, check=True, cwd=CACHE, timeout=600)
    (home / "plugins").mkdir(exist_ok=True)
    return home


def _java_home() -> str:
    java = shutil.which("java")
    assert java is not None
    return str(Path(java).resolve().parents[1])


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    home = _unpacked()
    config, logs = folder / "config", folder / "logs"
    for each in (config / "jvm.options.d", logs, folder / "data", folder / "tmp"):
        each.mkdir(parents=True)
    for name in ("jvm.options", "log4j2.properties"):
        shutil.copy(home / "config" / name, config / name)
    (config / "jvm.options.d" / "heap.options").write_text("-Xms512m\n-Xmx512m\n")
    (config / "elasticsearch.yml").write_text(
        f"path.data: {folder / 'data'}\npath.logs: {logs}\n"
        "cluster.name: chengqing-tests\nnode.name: n1\ndiscovery.type: single-node\n"
        "network.host: 127.0.0.1\nhttp.port: 0\ntransport.port: 0\nnode.portsfile: true\n"
        "xpack.security.enabled: false\ncluster.routing.allocation.disk.threshold_enabled: false\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ES_JAVA_HOME": _java_home(),
        "ES_PATH_CONF": str(config),
        "ES_TMPDIR": str(folder / "tmp"),
    }
    command = [str(home / "bin" / "elasticsearch")]
    if os.geteuid() == 0:
        # It refuses root. Pytest's own temporary folders are closed to others, hence not used.
        subprocess.run(["chown", "-R", "nobody:nogroup", str(folder)], check=True)
        drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        command = [*drop, *command]
    with (folder / "out.log").open("wb") as out:
        child = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=folder)
    return child, logs / "http.ports"


def _wait(child: subprocess.Popen[bytes], ports: Path, folder: Path) -> str:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if child.poll() is not None:
            break
        if ports.exists() and ports.read_text().strip():
            url = f"http://{ports.read_text().split()[0]}"
            try:
                answer = requests.get(f"{url}/_cluster/health?wait_for_status=yellow", timeout=10)
                if answer.ok:
                    return url
            except requests.RequestException:
                pass
        time.sleep(0.3)
    pytest.fail(f"Elasticsearch did not start: {(folder / 'out.log').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Address of a real server; an already running one may be named by the environment."""
    given = os.environ.get("CHENGQING_TEST_ELASTICSEARCH")
    if given:
        yield given
        return
    if shutil.which("mvn") is None or shutil.which("java") is None:
        if os.environ.get("CHENGQING_REQUIRE_ALL") == "1":
            pytest.fail(f"a JDK and Maven are required: {INSTALL}")
        pytest.skip(f"no JDK or Maven for a real Elasticsearch: {INSTALL}")
    folder = Path(tempfile.mkdtemp(prefix="chengqing-elasticsearch-"))
    child, ports = _start(folder)
    try:
        yield _wait(child, ports, folder)
    finally:
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        shutil.rmtree(folder, ignore_errors=True)
