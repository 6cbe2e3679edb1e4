from __future__ import annotations

import uuid

from starlette.datastructures import QueryParams

from shipledger.protocols.opsgenie.parameters import read_search


def test_search_reads_both_forms_of_lists_and_every_spelling_of_a_uuid():
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    query = (
        f"serviceIds={one},%7B{other.upper()}%7D&serviceIds=x,&environmentIds=prod&environmentIds={one}&limit=7&paginationKey=3"
    )
    search = read_search(QueryParams(query))
    assert search.service_ids == (one, other, "x")
    assert {"prod", one, f"{{{one}}}"} <= set(search.environment_ids)
    assert (search.limit, search.offset) == (7, 3)
