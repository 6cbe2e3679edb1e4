"""Any sequence of calls over the real application gives what a small model of the contract gives."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from shipledger.catalog.service import ServiceDraft
from tests.support.ledger_model import Deployment, Model
from tests.support.opsgenie import get, release, settled
from tests.support.server import Server
from tests.support.services import TESTER

EXAMPLES = max(8, settings.default.max_examples // 5)
DAYS = st.sampled_from(["2026-03-04", "2020-03-26"])
STARTS = st.sampled_from(["T09:40:00.000Z", "T14:05:07.594Z"])
ENDS = st.sampled_from(["T14:30:00.000Z", "T20:50:00.001Z"])
STATES = st.sampled_from(["initial", "started", "successful", "failed"])
EXTERNAL_IDS = st.sampled_from(["build-1", "build/2", "búild {3}"])
ENVIRONMENTS = st.sampled_from(
    [
        {"type": "Production", "id": "prod", "displayName": "Production"},
        {"type": "Test", "id": "lab", "displayName": "Lab Oregon"},
    ]
)
RELEASES = st.lists(
    st.builds(release, sha=st.sampled_from(["0c9135c", "61445f3"]), repository=st.sampled_from(["shop", "pay", "unmapped"])),
    min_size=1,
    max_size=2,
    unique_by=str,
)
TIMES, FINAL = {"startedAt", "completedAt"}, {"successful", "failed"}
TEXTS = st.sampled_from(["one", "two", "Ωmega \N{ROCKET}"])


def _dated(day: str, body: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{day}{said}" if name in TIMES else said for name, said in body.items()}


def _has_its_end(body: dict[str, Any]) -> bool:
    """Without an end it ended when it started, so a create with a later start is another run."""
    return body["state"] not in FINAL or "completedAt" in body


CREATES = st.builds(
    _dated,
    DAYS,
    st.fixed_dictionaries(
        {"state": STATES, "environment": ENVIRONMENTS, "startedAt": STARTS, "releases": RELEASES},
        optional={
            "externalId": EXTERNAL_IDS,
            "completedAt": ENDS,
            "message": TEXTS,
            "description": TEXTS,
            "externalLink": TEXTS,
        },
    ).filter(_has_its_end),
)
CLEARABLE = TEXTS | st.just("")
UPDATES = st.fixed_dictionaries(
    {},
    optional={
        "externalId": EXTERNAL_IDS,
        "startedAt": STARTS,
        "message": CLEARABLE,
        "description": CLEARABLE,
        "externalLink": CLEARABLE,
    },
).filter(bool)
SEARCHES = st.fixed_dictionaries(
    {"services": st.sets(st.sampled_from(["shop", "pay"]), min_size=1)},
    optional={
        "environmentIds": st.sampled_from(["prod", "lab"]),
        "startTime": st.builds(str.__add__, DAYS, STARTS),
        "endTime": st.builds(str.__add__, DAYS, STARTS | ENDS),
    },
)


class Calls(RuleBasedStateMachine):
    """Calls of one client; each example has an organization of its own."""

    runner: asyncio.Runner
    server: Server
    examples = 0

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def start(self) -> None:
        Calls.examples += 1
        self.run(self._start(f"example-{Calls.examples}"))

    async def _start(self, slug: str) -> None:
        key = await self.server.issue(organization=slug)
        transport = httpx2.ASGITransport(self.server.app.asgi)
        headers = {"Authorization": f"GenieKey {key}"}
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://ledger", headers=headers)
        organization_id = await self.server.organization_id(slug)
        self.services = {}
        for name in ("shop", "pay"):
            service = await self.server.app.directory.create_service(organization_id, ServiceDraft(name=name), by=TESTER)
            await self.server.app.directory.map_repository(organization_id, service.service_id, f"acme/{name}", by=TESTER)
            self.services[name] = service.service_id

    def teardown(self) -> None:
        self.run(self.client.aclose())

    async def write(self, method: str, path: str, body: dict[str, Any], **parameters: str) -> dict[str, Any]:
        answer = await self.client.request(method, path, json=body, params=parameters)
        assert answer.status_code == 202, answer.text
        return await settled(self.client, answer.json()["requestId"])

    @rule(body=CREATES, repeats=st.sampled_from([1, 1, 1, 3]))
    def create(self, body: dict[str, Any], repeats: int) -> None:
        known = self.model.find_repeat(body)
        for _ in range(repeats):
            data = self.run(self.write("POST", "/v2/deployments", body))
            assert data["isSuccess"]
            assert known is None or data["deploymentId"] == known.id
            self.model.create(data["deploymentId"], body)
            known = self.model.find_repeat(body)

    def address(self, deployment: Deployment, *, by_external_id: bool) -> tuple[str, dict[str, str], Deployment]:
        """A path, its parameters, and the deployment that they mean: the newest one where an external id has several."""
        if not by_external_id:
            return f"/v2/deployments/{deployment.id.upper()}", {}, deployment
        meant = self.model.find_external(deployment.external_id)
        assert meant is not None
        return f"/v2/deployments/{_quote(deployment.external_id)}", {"type": "api"}, meant

    @precondition(lambda self: self.model.deployments)
    @rule(data=st.data(), state=STATES, at=ENDS, by_external_id=st.booleans(), method=st.sampled_from(["PATCH", "PUT"]))
    def update_state(self, data: st.DataObject, state: str, at: str, by_external_id: bool, method: str) -> None:
        path, parameters, meant = self.address(self.draw(data), by_external_id=by_external_id)
        at = f"{meant.day}{at}"
        body = {"state": state, "completedAt": at}
        done = self.run(self.write(method, f"{path}/updateState", body, **parameters))
        assert (done["isSuccess"], done["deploymentId"]) == (True, meant.id)
        meant.report(state, at, at=at)

    @precondition(lambda self: self.model.deployments)
    @rule(data=st.data(), reports=st.lists(st.tuples(STATES, ENDS), min_size=2, max_size=5))
    def update_state_at_once(self, data: st.DataObject, reports: list[tuple[str, str]]) -> None:
        path, _, meant = self.address(self.draw(data), by_external_id=False)
        bodies = [{"state": state, "completedAt": f"{meant.day}{at}"} for state, at in reports]

        async def burst() -> None:
            writes = [self.write("PATCH", f"{path}/updateState", body) for body in bodies]
            assert all(done["isSuccess"] for done in await asyncio.gather(*writes))

        self.run(burst())
        for body in bodies:
            meant.report(body["state"], body["completedAt"], at=body["completedAt"])

    @precondition(lambda self: self.model.deployments)
    @rule(data=st.data(), body=UPDATES, by_external_id=st.booleans())
    def update(self, data: st.DataObject, body: dict[str, Any], by_external_id: bool) -> None:
        path, parameters, meant = self.address(self.draw(data), by_external_id=by_external_id)
        body = _dated(meant.day, body)
        done = self.run(self.write("PATCH", f"{path}/update", body, **parameters))
        assert (done["isSuccess"], done["deploymentId"]) == (True, meant.id)
        self.model.update(meant, body)

    @rule(body=UPDATES, external_id=EXTERNAL_IDS)
    def change_what_does_not_exist(self, body: dict[str, Any], external_id: str) -> None:
        parameters = {"type": "pipelines"} if self.model.find_external(external_id) else {"type": "api"}
        path = f"/v2/deployments/{_quote(external_id)}"
        state = {"state": "failed", "completedAt": "2026-03-04T09:50:00Z"}
        done = self.run(self.write("PATCH", f"{path}/updateState", state, **parameters))
        assert (done["isSuccess"], done["status"], done["deploymentId"]) == (False, "Deployment does not exist", "")
        assert self.run(self.client.get(path, params=parameters)).status_code == 404

    @precondition(lambda self: self.model.deployments)
    @rule(data=st.data(), by_external_id=st.booleans())
    def read(self, data: st.DataObject, by_external_id: bool) -> None:
        path, parameters, meant = self.address(self.draw(data), by_external_id=by_external_id)
        assert self.run(get(self.client, path.removeprefix("/v2/deployments/"), **parameters)) == meant.expected()

    @rule(search=SEARCHES, limit=st.sampled_from([1, 2, 100]))
    def search(self, search: dict[str, Any], limit: int) -> None:
        names = search.pop("services")
        expected = self.model.search({f"acme/{name}" for name in names}, search)
        services = ",".join(self.services[name] for name in sorted(names))
        found: list[dict[str, Any]] = []
        while not found or len(found) % limit == 0:
            parameters = {"serviceIds": services, "limit": limit, "paginationKey": len(found), **search}
            page = self.run(self.client.get("/v2/deployments/search", params=parameters))
            assert page.status_code == 200, page.text
            found.extend(page.json()["data"])
            if not page.json()["data"]:
                break
        assert [one["id"] for one in found] == expected
        for one in found:
            whole = self.model.deployments[one["id"]].expected()
            assert {**one, "environment": None} == {**{name: whole[name] for name in one}, "environment": None}

    @invariant()
    def every_deployment_is_as_it_should_be(self) -> None:
        for deployment in self.model.deployments.values():
            assert self.run(get(self.client, deployment.id)) == deployment.expected()

    def draw(self, data: st.DataObject) -> Deployment:
        found: Deployment = data.draw(st.sampled_from(list(self.model.deployments.values())))
        return found


def _quote(external_id: str) -> str:
    return httpx2.URL("http://x", params={"x": external_id}).query.decode().removeprefix("x=").replace("+", "%20")


@pytest.mark.timeout(300)
def test_any_sequence_of_calls_gives_what_the_model_gives(serve):
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        server = runner.run(stack.enter_async_context(serve(update_wait_seconds=0)))
        try:
            machine = type("Machine", (Calls,), {"runner": runner, "server": server})
            run_state_machine_as_test(machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=25))
        finally:
            runner.run(stack.aclose())
