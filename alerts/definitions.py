"""Definitions as they were loaded: every version of every rule, fact, claim and source is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.models import Definition


def record_definitions(
    definitions: Mapping[str, Mapping[str, Mapping[str, Any]]], now: datetime
) -> dict[tuple[str, str], str]:
    """Keep every version of what was loaded, kind → id → JSON body; returns (kind, id) → version.

    A version that was there before and comes back is dated anew, so that the newest row of an
    object is always the one in force.
    """
    versions = {
        (kind, key): definition_version(body)
        for kind, bodies in definitions.items()
        for key, body in bodies.items()
    }
    with transaction.atomic():
        newest = {
            (row.kind, row.object_id): row.version
            for row in Definition.objects.filter(kind__in=definitions).order_by("loaded_at", "pk")
        }
        for (kind, key), version in versions.items():
            if newest.get((kind, key)) != version:
                Definition.objects.update_or_create(
                    kind=kind,
                    object_id=key,
                    version=version,
                    defaults={"body": definitions[kind][key], "loaded_at": now},
                )
    return versions


def definition_version(body: Mapping[str, Any]) -> str:
    """sha256 (hex) of the canonical JSON of a definition."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def rule_versions(rules: Collection[str]) -> dict[str, str]:
    """Rule id → the version in force."""
    rows = Definition.objects.filter(kind="rule", object_id__in=rules).order_by("loaded_at", "pk")
    return dict(rows.values_list("object_id", "version"))
