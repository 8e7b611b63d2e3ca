"""Definitions as they were loaded: every version of every rule, fact, claim and source is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.models import Definition
from alerts.oversight import oversight

VERSION = 12
"""Characters of a version that name it in the log."""


def record_definitions(
    definitions: Mapping[str, Mapping[str, Mapping[str, Any]]], now: datetime
) -> dict[tuple[str, str], str]:
    """Keep every version of what was loaded, kind → id → JSON body; returns (kind, id) → version.

    What changed since the last time is logged, one entry a kind. The first load of a kind is none:
    there was nothing to change.
    """
    versions: dict[tuple[str, str], str] = {}
    with transaction.atomic():
        for kind, bodies in definitions.items():
            before = _in_force(kind)
            after = {key: definition_version(body) for key, body in bodies.items()}
            changed = {key: after.get(key, "") for key in before.keys() | after.keys()}
            changed = {
                key: version for key, version in changed.items() if before.get(key, "") != version
            }
            Definition.objects.bulk_create(
                Definition(
                    kind=kind,
                    object_id=key,
                    version=version,
                    body=bodies.get(key, {}),
                    loaded_at=now,
                )
                for key, version in sorted(changed.items())
            )
            if before and changed:
                _log(kind, before, changed, now)
            versions.update(((kind, key), version) for key, version in after.items())
    return versions


def _in_force(kind: str) -> dict[str, str]:
    """Id → version, also of what was taken out (which has none)."""
    rows = Definition.objects.filter(kind=kind).order_by("loaded_at", "pk")
    return dict(rows.values_list("object_id", "version"))


def _log(kind: str, before: Mapping[str, str], changed: Mapping[str, str], now: datetime) -> None:
    oversight().note(
        "configuration.change",
        ("configuration", kind),
        at=now,
        payload={
            key: [before.get(key, "")[:VERSION], version[:VERSION]]
            for key, version in sorted(changed.items())
        },
    )


def definition_version(body: Mapping[str, Any]) -> str:
    """sha256 (hex) of the canonical JSON of a definition."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def rule_versions(rules: Collection[str]) -> dict[str, str]:
    """Rule id → the version in force."""
    rows = Definition.objects.filter(kind="rule", object_id__in=rules).order_by("loaded_at", "pk")
    return dict(rows.values_list("object_id", "version"))
