import pytest

from shipledger.catalog.every_organization import for_every_organization
from shipledger.errors import Unavailable
from tests.support.factories import make_organization


class Directory:
    async def list_organizations(self):
        return [make_organization(slug) for slug in ("a", "b", "c")]


async def test_one_that_is_out_of_reach_is_told_after_all_others_were_served():
    served = []

    async def serve(organization):
        if organization.slug == "b":
            raise Unavailable("away", "b is away")
        served.append(organization.slug)

    with pytest.raises(Unavailable, match="b is away"):
        await for_every_organization(Directory(), serve)
    assert served == ["a", "c"]
