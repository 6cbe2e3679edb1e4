"""Which deployments a list shows."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class DeploymentFilter(Struct, frozen=True):
    """A query for deployments, newest start first, then newest id. None and "" do not restrict.

    ``service_id``: deployments of its repositories, and those whose sender named it, by its id, its slug or any of its names;
    ``service_name`` is a sender's name for a service. ``team``: that owns the service, without case. ``person``: who deployed, by
    the word of its senders, else the name of the author of its commit, without case; or an id, address, login or name of a
    person, for all that senders call them.
    ``environment`` is an id, or any name of an environment; ``environment_id`` an id alone. ``commit``: the beginning of a
    commit's id, without case; with ``repository``, of a commit of that one. ``flag`` is ``fix``, ``hotfix`` or ``forced``.
    ``text`` is found anywhere in title, external id or description, without case. ``started_from`` and ``started_until`` are
    inclusive; with either, deployments without a start are left out. ``before`` continues after a row: the (start in
    microseconds, id) of the last row seen, the start of one that has none being NEVER_STARTED_US.
    """

    text: str = ""
    state: str = ""
    tier: str = ""
    environment_id: str = ""
    environment: str = ""
    repository: str = ""
    commit: str = ""
    service_id: str = ""
    service_name: str = ""
    team: str = ""
    person: str = ""
    source: str = ""
    flag: str = ""
    started_from: datetime | None = None
    started_until: datetime | None = None
    before: tuple[int, str] | None = None
    limit: int = 50
