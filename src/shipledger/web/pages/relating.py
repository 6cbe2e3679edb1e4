"""The relations of a service to others: what its page shows, and the forms that add one or take it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.catalog.services.related_names import find_related_names
from shipledger.catalog.services.relation import RelatedService, RelationKind
from shipledger.catalog.services.words import describe
from shipledger.errors import Invalid, NotFound
from shipledger.http.viewer import viewer_of
from shipledger.verbs.browsing import CatalogBrowsing
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, require_right, see_other

RELATED_SHOWN = 100


class RelatedRow(Struct, frozen=True):
    """A related service. ``kind``: of a relation that belongs to the service on the page; "" where it is the other's."""

    words: str
    kind: str
    service: RelatedService


_OWN = {RelationKind.DEPENDS_ON: "Depends on", RelationKind.CONTAINS: "Contains"}
_THEIRS = {RelationKind.DEPENDS_ON: "Needed by", RelationKind.CONTAINS: "Part of"}


async def list_related(ledger: CatalogBrowsing, organization_id: str, service_id: str) -> tuple[Sequence[RelatedRow], int]:
    """The related services, and how many more there are."""
    found, count = await ledger.list_related_services(organization_id, service_id, limit=RELATED_SHOWN)
    rows = [
        RelatedRow(_OWN[one.kind], one.kind.value, one) if one.is_own else RelatedRow(_THEIRS[one.kind], "", one) for one in found
    ]
    return rows, count - len(rows)


async def describe_all(ledger: CatalogBrowsing, organization_id: str, said: Sequence[Any]) -> list[tuple[str, ...]]:
    """What each of several submissions on a service says, with the names that other services have now."""
    called = await find_related_names(ledger, organization_id, said)
    return [describe(submission, called) for submission in said]


async def change(frame: Frame, request: Request) -> Response:
    """Take the form and lead back to the page of the service. Raises Invalid and NotFound."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    name, other = request.path_params["service"].replace("\0", ""), form.get("other", "")
    service = await frame.ledger.find_service(viewer.organization_id, name)
    if service is None:
        raise NotFound("service", f"There is no service {name!r}.")
    require_right(viewer, Right.CONFIGURE, team=service.draft.team_id)
    if form.get("kind") not in {kind.value for kind in RelationKind}:
        raise Invalid("form", "Choose what the services have to do with each other.")
    if not other:
        raise Invalid("form", "Enter the other service.")
    is_removal = form.get("action") == "remove"
    apply = frame.directory.unrelate_service if is_removal else frame.directory.relate_service
    await apply(viewer.organization_id, service.service_id, RelationKind(form["kind"]), other, by=viewer.actor)
    return see_other(done_path(f"/services/{service.slug}", "unrelated" if is_removal else "related"))
