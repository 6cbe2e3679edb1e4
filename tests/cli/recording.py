"""A CI job that calls ``shipledger record`` against the real program."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.cli.test_ci_run import SHA
from tests.support.commands import Commands, Done
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

DEPLOYMENT = ("--environment", "production", "--repository", "github.com/acme/shop", "--commit", SHA)


class Job:
    """A CI job with a token of our own API, or another secret in another variable."""

    def __init__(
        self, cli: Commands, program: RunningServer, *, kind: str = "native", variable: str = "SHIPLEDGER_TOKEN"
    ) -> None:
        self.cli = cli
        self.program = program
        self.variable = variable
        self.secret = self.new_secret(kind)
        self._reader = self.new_secret("native")

    def new_secret(self, kind: str, *options: str) -> str:
        """A new credential's secret."""
        made = self.program.create_credential(kind, *options)
        return next(made[name] for name in ("token", "api_key") if name in made)

    def __call__(self, *arguments: str, code: int = 0, **variables: str) -> Done:
        environment = {"SHIPLEDGER_URL": self.program.url, self.variable: self.secret, **variables}
        return self.cli("record", *arguments, environment=environment, code=code)

    def record(self, *arguments: str, **variables: str) -> Any:
        """The record that a call has made, or changed."""
        return self.get(self(*arguments, "--wait", "--json", **variables).json["deployment_id"])

    def get(self, deployment_id: str) -> Any:
        """The record of a deployment."""
        answer = httpx2.get(
            f"{self.program.url}/ledger/v1/deployments/{deployment_id}",
            headers={"Authorization": f"Bearer {self._reader}"},
            trust_env=False,
            verify=no_certificates(),
        )
        return answer.raise_for_status().json()
