from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from config.loader import SECTIONS, ConfigurationError, load, load_facts, load_rules
from pipeline.errors import BadInputError
from pipeline.model import AllOf, AnyOf, Near, NoneOf, Rule, SourceKind

SAMPLE = Path(__file__).parents[2] / "config" / "sample"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, {})
    return [str(problem) for problem in caught.value.problems]


def test_the_sample_agency_loads_whole() -> None:
    loaded = load(SAMPLE, {"SAMPLE_WEB": "http://127.0.0.1:9000"})
    assert loaded.settings.sample is True
    assert all(len(getattr(loaded, section)) > 0 for section in SECTIONS)
    addresses = [source.url for source in loaded.sources if source.url]
    assert addresses
    assert all(url.startswith("http://127.0.0.1:9000/") for url in addresses)


def test_without_the_sample_web_its_sources_are_off(tmp_path: Path) -> None:
    for path in SAMPLE.glob("*.yaml"):
        text = path.read_text("utf-8").replace("sample: true", "sample: false")
        (tmp_path / path.name).write_text(text, "utf-8")
    loaded = load(tmp_path, {"SAMPLE_WEB": "http://127.0.0.1:9000"})
    assert [source for source in loaded.sources if source.enabled and source.url] == []


def test_forms_become_typed_objects(tmp_path: Path) -> None:
    write(
        tmp_path,
        settings="agency: 临江市市场监督管理局\ndigest: {weekday: 2, time: '09:05'}\n",
        sources="- {id: p, kind: page, name: 门户, url: 'http://news.example/', every: 90s}\n",
        rules=(
            "- id: fee\n  level: III\n  all: [[市场监管局, 工商局], 收费]\n  none: [招聘]\n"
            "  near: {terms: [注册, [收费, 费用]], within: 12}\n  sources: [p]\n"
            "  when: {from: 2026-01-01, hours: '22:00-07:00', weekdays: [6, 7]}\n"
        ),
        facts=(
            "- id: f\n  statement: 免收工本费。\n  subjects: [注册公司]\n  effective_from: 2026-01-01\n"
            "  elements:\n    - {id: fee, kind: amount, value: 0, cues: [工本费]}\n"
            "    - {id: start, kind: date, value: 2026-01-01}\n"
        ),
    )
    loaded = load(tmp_path, {})
    assert loaded.settings.digest.time == time(9, 5)
    assert loaded.sources[0].kind is SourceKind.PAGE
    assert loaded.sources[0].every == timedelta(seconds=90)
    rule = loaded.rules[0]
    assert rule.condition == AllOf(
        (
            AllOf((AnyOf(("市场监管局", "工商局")), "收费")),
            NoneOf(("招聘",)),
            Near((("注册",), ("收费", "费用")), 12),
        )
    )
    assert rule.when is not None
    assert (rule.when.since, rule.when.hours) == (date(2026, 1, 1), (time(22), time(7)))
    assert [element.value for element in loaded.facts[0].elements] == ["0", "2026-01-01"]
    assert str(loaded.origins[("rules", "fee")]) == "rules.yaml:1"


def test_a_claim_may_say_when_it_was_answered_and_where_it_was_seen(tmp_path: Path) -> None:
    write(
        tmp_path,
        claims=(
            "- {id: a, text: 网传, verdict: false, answered_on: 2026-03-01,\n"
            "   sources: ['https://bbs.example/t/17', 'http://m.example/?id=3']}\n"
            "- {id: b, text: 听说, sources: https://bbs.example/t/18}\n"
        ),
    )
    first, second = load(tmp_path, {}).claims
    assert first.answered_on == date(2026, 3, 1)
    assert first.sources == ("https://bbs.example/t/17", "http://m.example/?id=3")
    assert (second.answered_on, second.sources) == (None, ("https://bbs.example/t/18",))


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("answered_on: 去年", "answered_on"),
        ("sources: [bbs.example/t/17]", "“bbs.example/t/17” is no web address"),
        ("sources: ['https://bbs.example/']", "is the front page of a site"),
        ("sources: [17]", "put it in quotes"),
        ("source: https://bbs.example/t/17", "sources"),
    ],
)
def test_a_mistake_in_a_claim_is_named(tmp_path: Path, claim: str, sentence: str) -> None:
    write(tmp_path, claims=f"- {{id: a, text: 网传, {claim}}}\n")
    [problem] = problems(tmp_path)
    assert problem.startswith("claims.yaml:1: ")
    assert sentence in problem


def test_only_claim_rules_have_suggestions(tmp_path: Path) -> None:
    write(tmp_path, rules="- {id: r, level: II, any: [停水], suggestions: true}\n")
    assert "`suggestions` belongs to rules of kind claim" in problems(tmp_path)[0]


def test_all_mistakes_are_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        settings="agensy: 某局\ntimezone: Mars/Olympus\n",
        sources=(
            "- {id: a, kind: feed, name: 甲, url: 'http://127.0.0.1:9/'}\n"
            "- {id: a, kind: fead, name: 乙, url: 'http://news.example/', every: 10 minutes}\n"
            "- {id: b, kind: feed, url: 'ftp://news.example/'}\n"
        ),
        rules="- {id: r, level: V, any: [110]}\n- {id: s, level: I, any: [火], sources: [aa]}\n",
        facts="statement: 不是列表\n",
        claims="- {id: c, text: 网传, verdict: [}\n",
        cliams="[]\n",
    )
    found = problems(tmp_path)
    for expected in (
        "settings.yaml:1: the key “agensy” is not known; did you mean “agency”?",
        "settings.yaml:2: timezone: “Mars/Olympus” is no time zone",
        "sources.yaml:2: kind: “fead” is not one of",
        "sources.yaml:2: every: must be a duration such as 30s, 10m, 2h or 1d",
        "sources.yaml:3: the key “name” is missing",
        "rules.yaml:1: level: “V” is not one of",
        "rules.yaml:2: “s”: there is no “aa” in sources.yaml; did you mean “a”?",
        "facts.yaml:1: must be a list",
        "claims.yaml:1: not valid YAML",
        "cliams.yaml: no file of this name is known; did you mean “claims”?",
        "sources.yaml:1: “a”: 127.0.0.1 is a private address",
    ):
        assert any(problem.startswith(expected) for problem in found), (expected, found)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("{id: r, level: I, any: [110]}", "terms are text: put it in quotes"),
        ("{id: r, level: I, any: [2026-01-01]}", "terms are text: put it in quotes"),
        ("{id: r, level: I, any: []}", "`any` is empty"),
        ("{id: r, level: I, any: ['']}", "empty term"),
        ("{id: r, level: I}", "a keyword rule needs one of line, any, all"),
        ("{id: r, level: I, near: {terms: [甲]}}", "`near` needs at least two terms"),
        ("{id: r, level: I, all: [{some: [甲]}]}", "“some” is no condition"),
        ("{id: r, kind: claim, level: I, any: [甲]}", "a claim rule has no any"),
        ("{id: r, level: I, any: [甲], spelling: loose}", "spelling: “loose” is not one of"),
        ("{id: r, level: I, none: [日电]}", "rule “r”"),
    ],
)
def test_a_wrong_rule_is_explained(tmp_path: Path, rule: str, sentence: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"- {rule}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"rules\.yaml:1: ") as caught:
        load_rules(path)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("a: 1\na: 2\n", "twice"),
        ("a: !!python/name:os.system\n", "not allowed here"),
        ("[" * 200 + "]" * 200, "too deep"),
        ("\x00", "not valid YAML"),
    ],
)
def test_hostile_yaml_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "settings.yaml").write_text(text, "utf-8")
    assert any(sentence in problem for problem in problems(tmp_path))


def test_nested_conditions(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "- {id: r, level: I, any: [甲, {all: [乙, [丙, 丁], {none: [戊]}]}]}\n", "utf-8"
    )
    rules: tuple[Rule, ...] = load_rules(path)
    assert rules[0].condition == AnyOf(("甲", AllOf(("乙", AnyOf(("丙", "丁")), NoneOf(("戊",))))))


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert load(tmp_path, {}).rules == ()
    with pytest.raises(BadInputError, match="no such configuration folder"):
        load(tmp_path / "nowhere", {})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_facts(tmp_path / "facts.yaml")


WEB = "url: 'http://news.example/'"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("kind: feed", "a source of kind feed needs `url`, such as https://www.example.com/"),
        (
            f"kind: feed, {WEB}, links: a",
            "`links` does not belong to a source of kind feed, only page, search",
        ),
        (
            "kind: tips, url: 'http://news.example/'",
            "`url` does not belong to a source of kind tips, only feed, hotlist, mailbox, page, "
            "search, sitemap",
        ),
        (
            f"kind: page, {WEB}, links: 'ul[['",
            "“ul[[” is no valid CSS selector (an XPath begins with //)",
        ),
        (
            f"kind: page, {WEB}, links: '//ul[['",
            "“//ul[[” is no valid XPath (Invalid expression)",
        ),
        (
            f"kind: search, {WEB}, terms: 某局",
            "the address of a search needs {query} where the term goes",
        ),
        (
            "kind: search, url: 'http://{query}.example/', terms: [某局]",
            "{query} cannot be the host",
        ),
        (
            "kind: search, url: 'http://news.example/?q={query}'",
            "nothing to search for: add `terms`, or the name of the agency to settings.yaml",
        ),
        (
            "kind: search, url: 'http://news.example/?q={query}', terms: 某局, charset: gbx",
            "“gbx” is no character set; write one such as gbk",
        ),
        (
            "kind: page, url: 'http://news.example/?q={query}'",
            "{query} belongs to a source of kind search",
        ),
        (
            f"kind: hotlist, {WEB}, fields: {{title: t}}",
            "a source of kind hotlist needs `items`, such as data.list",
        ),
        (
            f"kind: hotlist, {WEB}, items: data, fields: {{url: u}}",
            "a source of kind hotlist needs `fields` with a title: {title: name, url: link}",
        ),
        (
            f"kind: hotlist, {WEB}, items: 'data[', fields: {{title: t}}",
            "“data[” is no JMESPath (Invalid jmespath expression: Incomplete expression:)",
        ),
        (
            f"kind: hotlist, {WEB}, items: data, fields: {{title: t, rank: r}}",
            "`fields` has no “rank”; known are title, url, id, time, author, text",
        ),
        (
            f"kind: feed, {WEB}, proxy: 'socks5://10.0.0.1:1080'",
            "“socks5://10.0.0.1:1080” is no proxy; write one such as http://10.0.0.1:3128",
        ),
        ("kind: files", "a source of kind files needs `folder`, such as /srv/hotline"),
        (
            "kind: mailbox, url: 'imaps://desk@mail.example/'",
            "a source of kind mailbox needs `password_env`, such as MAILBOX_WORD",
        ),
        (
            "kind: mailbox, url: 'https://mail.example/', password_env: P",
            "“https://mail.example/” is no address of a mailbox; it must begin with imap:// or "
            "imaps://",
        ),
        (
            "kind: mailbox, url: 'imaps://desk:secret@mail.example/', password_env: P",
            "the password of desk does not belong here; see password_env",
        ),
    ],
)
def test_a_source_has_what_its_kind_needs_and_no_more(
    tmp_path: Path, entry: str, sentence: str
) -> None:
    write(tmp_path, sources=f"- {{id: a, name: 甲, {entry}}}\n")
    assert problems(tmp_path) == [f"sources.yaml:1: “a”: {sentence}"]


def test_a_mistake_in_a_source_is_named_at_its_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        sources=(
            "- id: a\n  kind: hotlist\n  name: 热榜\n  url: http://news.example/\n"
            "  items: data[\n  fields: {title: t}\n  links: a\n"
        ),
    )
    assert [each.partition(" ")[0] for each in problems(tmp_path)] == [
        "sources.yaml:7:",
        "sources.yaml:5:",
    ]


def test_every_kind_of_source_can_be_written(tmp_path: Path) -> None:
    write(
        tmp_path,
        settings="agency: 临江市市场监督管理局\n",
        sources=(
            f"- {{id: feed, kind: feed, name: 甲, {WEB}, proxy: 'http://proxy.example:3128'}}\n"
            f"- {{id: page, kind: page, name: 甲, {WEB}, links: '//ul/li/a/@href', browser: true}}\n"
            f"- {{id: sitemap, kind: sitemap, name: 甲, {WEB}}}\n"
            "- {id: search, kind: search, name: 甲, url: 'http://a.example/?q={query}', charset: gbk}\n"
            f"- {{id: hot, kind: hotlist, name: 甲, {WEB}, items: 'data[?type==`1`]', fields: {{title: t}}}}\n"
            "- {id: mail, kind: mailbox, name: 甲, url: 'imaps://desk@m.example', password_env: P}\n"
            "- {id: files, kind: files, name: 甲, folder: /srv/hotline, fields: {text: 诉求内容}}\n"
            "- {id: entry, kind: entry, name: 甲}\n"
            "- {id: tips, kind: tips, name: 甲}\n"
        ),
    )
    loaded = load(tmp_path, {})
    assert [source.kind for source in loaded.sources] == list(SourceKind)
    assert loaded.sources[3].terms == ("临江市市场监督管理局",)
    assert loaded.sources[4].fields == (("title", "t"),)


def test_the_sources_of_the_guide_load(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    section = guide.partition("## sources.yaml")[2].partition("\n## ")[0]
    blocks = [each.partition("```")[0] for each in section.split("```yaml\n")[1:]]
    bridge = blocks[1].partition("# sources.yaml\n")
    write(tmp_path, settings=bridge[0], sources=blocks[0] + bridge[2])
    kinds = [str(source.kind) for source in load(tmp_path, {}).sources]
    assert kinds == ["feed", "page", "sitemap", "search", "hotlist", "feed"]


def test_a_mistake_brings_no_others_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("allow_networks: [127.0.0.0/8]\nagensy: 局\n", "utf-8")
    (tmp_path / "sources.yaml").write_text(
        "- {id: a, kind: feed, name: 甲, url: 'http://127.0.0.1/'}\n- {id: b, kind: fed}\n- id：c\n",
        "utf-8",
    )
    (tmp_path / "rules.yaml").write_text("- {id: r, level: II, any: [词], sources: [b]}\n", "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, {})
    assert {(each.file, each.line) for each in caught.value.problems} == {
        ("settings.yaml", 2), ("sources.yaml", 2), ("sources.yaml", 3),
    }  # fmt: skip
    assert "full-width" in str(caught.value)
