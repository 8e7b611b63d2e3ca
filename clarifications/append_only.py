"""Rows that are written once: drafts, opinions, publications and the log.

The database itself refuses changes too (triggers, see the migrations); what stands here gives the
mistake a clear sentence before it comes to that.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from pipeline.errors import ChengqingError

Row = TypeVar("Row", bound=models.Model)


class AppendOnlyError(ChengqingError):
    """Somebody tried to change or remove what is kept as it was written."""


def _refuse(model: type[models.Model]) -> NoReturn:
    name = model._meta.verbose_name
    raise AppendOnlyError(_("“{name}”一经写入即不可更改或删除。").format(name=name))


class AppendOnlyQuerySet(models.QuerySet[Row]):
    def update(self, **kwargs: Any) -> int:
        _refuse(self.model)

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse(self.model)


class AppendOnly(models.Model):
    """A row that can be inserted and read, nothing else."""

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse(type(self))
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse(type(self))
