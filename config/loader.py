"""Configuration files → one `Configuration`; every mistake at once, with file and line."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_args

from pydantic import ValidationError

from alerts.rules.base import MEMBERS
from alerts.rules.checks import check_rule
from config import forms, rule_forms, settings_forms
from config.configuration import Configuration, Origin, Settings
from config.source_checks import address_problem, check_source
from config.yaml_tree import KeyPath, Problem, Tree, read_tree, tree_of
from pipeline.errors import BadInputError
from pipeline.model import Fact, Rule, Source, SourceKind

SECTIONS: dict[str, type[forms.Form]] = {
    "sources": forms.SourceForm,
    "rules": rule_forms.RuleForm,
    "facts": forms.FactForm,
    "claims": forms.ClaimForm,
    "departments": forms.DepartmentForm,
    "roster": forms.DutyForm,
    "channels": forms.ChannelForm,
    "sites": forms.SiteForm,
}
"""The lists of a configuration folder: file stem → form of an entry."""

T = TypeVar("T")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class ConfigurationError(BadInputError):
    """Everything that is wrong with a configuration."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class _Made(Protocol):
    @property
    def id(self) -> str: ...


def load(folder: Path, variables: Mapping[str, str]) -> Configuration:
    """The configuration of a folder; a file that is missing counts as empty.

    `variables` fill `${NAME}` in the addresses of sources; a source whose variable has no value is
    disabled. Raises ConfigurationError with all problems.
    """
    problems: list[Problem] = []
    settings = _load_settings(folder, problems)
    found: dict[str, tuple[Any, ...]] = {}
    written: dict[str, Sequence[str] | None] = {}
    origins: dict[tuple[str, str], Origin] = {}
    for section in SECTIONS:
        path = folder / f"{section}.yaml"
        tree = read_tree(path) if path.exists() else Tree(path.name)
        found[section] = _entries(section, tree, origins)
        written[section] = _ids(tree)
        problems.extend(tree.problems)
    known = {path.stem for path in folder.glob("*.y*ml")} - set(SECTIONS) - {"settings"}
    for stem in sorted(known):
        problems.append(
            Problem(
                f"{stem}.yaml", None, f"no file of this name is known{_nearest(stem, SECTIONS)}"
            )
        )
    if not settings.sample:
        variables = {name: value for name, value in variables.items() if name != "SAMPLE_WEB"}
    found["sources"] = tuple(_filled(source, variables, settings) for source in found["sources"])
    configuration = Configuration(settings=settings, origins=origins, **found)
    problems.extend(_cross_checks(configuration, written))
    if problems:
        raise ConfigurationError(problems)
    return configuration


def load_settings(folder: Path) -> Settings:
    """The settings of a folder alone, whatever its other files hold. Raises ConfigurationError."""
    problems: list[Problem] = []
    settings = _load_settings(folder, problems)
    if problems:
        raise ConfigurationError(problems)
    return settings


def load_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of one file, as `chengqing match --rules` takes them."""
    return _load_one("rules", path)


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of a text in the form of rules.yaml."""
    return _all_of("rules", tree_of(text, "rules.yaml"))


def load_facts(path: Path) -> tuple[Fact, ...]:
    """The facts of one file, as `chengqing compare --facts` takes them."""
    return _load_one("facts", path)


def _load_one(section: str, path: Path) -> tuple[Any, ...]:
    return _all_of(section, read_tree(path, str(path)))


def _all_of(section: str, tree: Tree) -> tuple[Any, ...]:
    origins: dict[tuple[str, str], Origin] = {}
    entries = _entries(section, tree, origins)
    if tree.problems:
        raise ConfigurationError(tree.problems)
    return entries


def _load_settings(folder: Path, problems: list[Problem]) -> Settings:
    if not folder.is_dir():
        raise BadInputError(f"{folder}: there is no such configuration folder; see --config")
    path = folder / "settings.yaml"
    if not path.exists():
        return Settings()
    tree = read_tree(path)
    made = Settings()
    if isinstance(tree.value, dict):
        made = _validated(settings_forms.SettingsForm, tree, (), lambda form: form.made()) or made
        if tree.problems and "allow_networks" in tree.value:
            # Which they are is not known now; no source is to be blamed for that.
            made = replace(made, allow_networks=_EVERYWHERE)
        if (own := made.sentence_model) is not None:
            made = replace(made, sentence_model=replace(own, folder=folder / own.folder))
    elif tree.value is not None:
        tree.problem((), "must be a mapping, such as `agency: 临江市市场监督管理局`")
    problems.extend(tree.problems)
    return made


def _entries(section: str, tree: Tree, origins: dict[tuple[str, str], Origin]) -> tuple[Any, ...]:
    if tree.value is None:
        return ()
    if not isinstance(tree.value, list):
        tree.problem((), "must be a list: each entry begins with `- id:`")
        return ()
    form = SECTIONS[section]
    result: list[_Made] = []
    for index in range(len(tree.value)):
        made: _Made | None = _validated(form, tree, (index,), lambda f: f.made())
        if made is None:
            continue
        origin = Origin(tree.file, tree.line((index,)))
        first = origins.get((section, made.id))
        if first is not None:
            tree.problem((index, "id"), f"the id “{made.id}” is already used at {first}")
            continue
        if isinstance(made, Rule) and made.condition is not None:
            for sentence in check_rule(made):
                tree.problem((index,), f"rule “{made.id}”: {sentence}")
        if isinstance(made, Source):
            for key, sentence in check_source(made, tree.value[index]):
                tree.problem((index, key) if key else (index,), f"“{made.id}”: {sentence}")
        origins[(section, made.id)] = origin
        result.append(made)
    return tuple(result)


def _ids(tree: Tree) -> Sequence[str] | None:
    """What the entries of a file call themselves; None when that cannot be told."""
    if tree.value is None:
        return None if tree.problems else ()
    if not isinstance(tree.value, list):
        return None
    return [str(each["id"]) for each in tree.value if isinstance(each, dict) and "id" in each]


def _validated(form: type[Any], tree: Tree, path: KeyPath, make: Callable[[Any], T]) -> T | None:
    value: Any = tree.value
    for key in path:
        value = value[key]
    if not isinstance(value, dict):
        wide = "; write the ASCII “: ”, not the full-width “：”" if "：" in str(value) else ""
        tree.problem(path, f"must be a mapping with keys and values{wide}")
        return None
    try:
        return make(form.model_validate(value))
    except ValidationError as error:
        for detail in error.errors():
            _explain(form, tree, path, detail)
    except ValueError as error:
        tree.problem(path, _named(value, str(error)))
    return None


def _named(value: dict[str, Any], sentence: str) -> str:
    return f"“{value['id']}”: {sentence}" if isinstance(value.get("id"), str) else sentence


def _explain(form: type[Any], tree: Tree, path: KeyPath, detail: Any) -> None:
    """One pydantic error as a sentence at its line."""
    at: KeyPath = (*path, *detail["loc"])
    key = ".".join(str(part) for part in detail["loc"] if part not in ("constrained-str",))
    kind, given = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        names = list(_keys_of(_form_at(form, detail["loc"][:-1])))
        tree.problem(at, f"the key “{key}” is not known{_nearest(str(detail['loc'][-1]), names)}")
    elif kind == "missing":
        tree.problem(path, f"the key “{key}” is missing")
    elif kind == "value_error":
        sentence = str(detail["ctx"]["error"])
        tree.problem(at, f"{key}: {sentence}" if key else sentence)
    elif kind in ("literal_error", "enum"):
        tree.problem(at, f"{key}: “{given}” is not one of {detail['ctx']['expected']}")
    elif kind == "string_pattern_mismatch":
        tree.problem(at, f"{key}: “{given}” may have only letters, digits, - _ and . in it")
    else:
        tree.problem(at, f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _keys_of(form: type[Any] | None) -> dict[str, Any]:
    """The keys of a form as they are written, with the type of what stands there."""
    fields = form.model_fields if form else {}
    return {field.alias or name: field.annotation for name, field in fields.items()}


def _form_at(form: type[Any], path: KeyPath) -> type[Any] | None:
    """The form of a part of an entry, such as that of `levels` or of `elements[2]`."""
    found: type[Any] | None = form
    for key in path:
        if isinstance(key, str):
            found = _form_in(_keys_of(found).get(key))
    return found


def _form_in(annotation: Any) -> type[Any] | None:
    """The form that an annotation speaks of: itself, in a tuple of it, or None."""
    if isinstance(annotation, type) and issubclass(annotation, forms.Form):
        return annotation
    return next((form for each in get_args(annotation) if (form := _form_in(each))), None)


def _nearest(word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean “{close[0]}”?" if close else f"; known are {', '.join(sorted(known))}"


def _filled(source: Source, variables: Mapping[str, str], settings: Settings) -> Source:
    """A source with its variables, and a search without terms looking for the agency."""
    if source.kind is SourceKind.SEARCH and not source.terms and settings.agency:
        named = settings.agency != Settings().agency
        source = replace(source, terms=(settings.agency,) if named else ())
    missing = [name for name in _VARIABLE.findall(source.url) if not variables.get(name)]
    if missing:
        return replace(source, enabled=False)
    return replace(source, url=_VARIABLE.sub(lambda match: variables[match[1]], source.url))


def _unfit_members(rules: Sequence[Rule]) -> list[tuple[str, str]]:
    """Composite rules, each with a sentence on what it names that cannot be part of one."""
    unfit = {rule.id for rule in rules if rule.kind not in MEMBERS}
    return [
        (rule.id, f"{member} cannot be in `of`; only {', '.join(MEMBERS)} rules can")
        for rule in rules
        for member in rule.members
        if member in unfit
    ]


def _cross_checks(
    configuration: Configuration, written: Mapping[str, Sequence[str] | None]
) -> list[Problem]:
    """References that lead nowhere, and addresses that may not be fetched.

    `written` are the ids of all entries, also of those with mistakes, which are there all the same;
    None for a file that could not be read.
    """
    problems: list[Problem] = []

    def problem(section: str, object_id: str, message: str) -> None:
        origin = configuration.origins[(section, object_id)]
        problems.append(Problem(origin.file, origin.line, f"“{object_id}”: {message}"))

    def refer(section: str, object_id: str, target: str, names: Sequence[str]) -> None:
        ids = written.get(target) if names else None
        if ids is None:
            return
        for name in names:
            if name not in ids:
                near = _nearest(name, ids) if ids else ""
                problem(section, object_id, f"there is no “{name}” in {target}.yaml{near}")

    for rule_id, sentence in _unfit_members(configuration.rules):
        problem("rules", rule_id, sentence)
    for rule in configuration.rules:
        refer("rules", rule.id, "sources", rule.sources)
        refer("rules", rule.id, "departments", [rule.department] if rule.department else [])
        refer("rules", rule.id, f"{rule.kind}s", rule.refs)
        refer("rules", rule.id, "rules", rule.members)
    for fact in configuration.facts:
        refer("facts", fact.id, "facts", [fact.supersedes] if fact.supersedes else [])
    for duty in configuration.roster:
        refer("roster", duty.id, "departments", [duty.department] if duty.department else [])
    for source in configuration.sources:
        if wrong := _source_problem(source, configuration.settings):
            problem("sources", source.id, wrong)
    return problems


def _source_problem(source: Source, settings: Settings) -> str | None:
    if _VARIABLE.search(source.url):
        return None
    if source.kind is SourceKind.SEARCH and not source.terms:
        return "nothing to search for: add `terms`, or the name of the agency to settings.yaml"
    return address_problem(source, settings.allow_networks)


def variables(sample_web: str | None) -> dict[str, str]:
    """What `${…}` stands for: the environment, and the address of the sample web."""
    return {**os.environ, **({"SAMPLE_WEB": sample_web} if sample_web else {})}
