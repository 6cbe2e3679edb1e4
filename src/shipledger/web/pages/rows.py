"""A deployment as one line of a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.people.known_people import KnownPeople, Who
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.state import State, is_final
from shipledger.ledger.submission import Environment, Release
from shipledger.ledger.titles import title_of
from shipledger.web.pages.deployment_services import NO_SERVICES, OfDeployments, ServiceLink
from shipledger.web.pages.durations import is_doubtful, is_measured, lasted_seconds
from shipledger.web.pages.formats import duration


class DeploymentRow(Struct, frozen=True):
    """What a table tells of a deployment. ``version`` tells apart two looks at the same one.

    ``environment`` has the name that the organization uses; ``sent_as``: the sender's, "" if it is the same. ``who`` deployed.
    """

    id: str
    version: int
    title: str
    state: State
    environment: Environment | None
    sent_as: str
    releases: tuple[Release, ...]
    started_at: datetime | None
    duration: str
    is_running: bool
    is_over: bool
    is_clock_problem: bool
    is_unmeasured: bool
    is_doubtful: bool
    source: str
    is_ahead: bool
    who: Who | None
    services: tuple[ServiceLink, ...] = ()


def to_row(deployment: Deployment, names: EnvironmentNames, people: KnownPeople | None = None) -> DeploymentRow:
    """The line for ``deployment``. ``names``: those of environments. ``people``: whom senders mean, where that is shown."""
    seconds, environment = lasted_seconds(deployment), deployment.environment
    sent = environment.name if environment else ""
    return DeploymentRow(
        id=deployment.deployment_id,
        version=deployment.version,
        title=title_of(deployment),
        state=deployment.shown_state,
        environment=environment and replace(environment, name=names.call(sent)),
        sent_as="" if names.call(sent) == sent else sent,
        releases=deployment.releases,
        started_at=deployment.started_at,
        duration="" if seconds is None or seconds < 0 else duration(seconds),
        is_running=deployment.shown_state is State.IN_PROGRESS and deployment.started_at is not None,
        is_over=is_final(deployment.state),
        is_clock_problem=seconds is not None and seconds < 0,
        is_unmeasured=seconds is not None and seconds >= 0 and not is_measured(deployment, seconds),
        is_doubtful=is_doubtful(deployment),
        source=deployment.source,
        is_ahead=deployment.is_ahead,
        who=None if people is None else people.find(deployment),
    )


def to_rows(
    deployments: Iterable[Deployment], names: EnvironmentNames, people: KnownPeople, services: OfDeployments = NO_SERVICES
) -> list[DeploymentRow]:
    """The lines for ``deployments``. ``names``: those of environments. ``people``: whom senders mean."""
    return [replace(to_row(one, names, people), services=services.get(one.deployment_id, ())) for one in deployments]
