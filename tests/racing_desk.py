"""Two approvers and two publishers at once on a case store in a file; prints what came of it.

Runs in a process of its own, after django.setup(): tests share one connection, and a race needs
several.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from clarifications import audit, services
from clarifications.models import AuditEntry, Case, Opinion, Publication
from clarifications.services import Refused
from tests.desk_of import drafted, office, raised, user


def at_once(act: Callable[[Case, User], object], case: Case, names: list[str]) -> list[str]:
    barrier = Barrier(len(names))

    def run(name: str) -> str:
        mine, person = Case.objects.get(pk=case.pk), User.objects.get(username=name)
        barrier.wait()
        try:
            act(mine, person)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(run, names))


def main() -> None:
    call_command("migrate", verbosity=0)
    services.configure(office(Path(settings.DATA_DIR)))
    people = {name: user(name) for name in ("monitor", "handler", "leader", "head", "publisher")}
    user("publisher2", "publisher")
    case = services.open_case(raised().pk, people["monitor"])
    seen = drafted(case, people["monitor"], people["handler"])
    services.submit(case, people["handler"])
    approvals = at_once(lambda c, p: services.approve(c, p, seen), case, ["leader", "head"])
    publications = at_once(services.publish, case, ["publisher", "publisher2"])
    result = {
        "approvals": approvals,
        "publications": publications,
        "opinions": Opinion.objects.count(),
        "published": Publication.objects.count(),
        "refused": AuditEntry.objects.filter(action__endswith=".refused").count(),
        "intact": audit.verify().ok,
        "anchored": audit.read_anchor(audit.anchor_path()) is not None,
    }
    sys.stdout.write(json.dumps(result, ensure_ascii=False))
