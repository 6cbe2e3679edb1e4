"""The tests that prove the packages of the core from outside, over HTTP and by commands.

Most rules of a package are proven there and not by the tests that mirror it, so a mutant of the package meets both. Named are
tests that run the program in their own process, since what another process runs is not seen.
"""

from __future__ import annotations

from pathlib import Path

from tools.covering import PACKAGE

FRONT_DOORS: dict[str, tuple[str, ...]] = {
    "access": (
        "tests/routes/jira/test_access.py",
        "tests/routes/test_challenges.py",
        "tests/routes/test_limits.py",
        "tests/routes/test_rights.py",
        "tests/cli/test_credential.py",
        "tests/cli/test_user.py",
        "tests/web/test_profile.py",
        "tests/web/test_sign_in.py",
        "tests/web/test_sign_on.py",
        "tests/web/test_welcome.py",
    ),
    "catalog": (
        "tests/routes/native/test_commits.py",
        "tests/routes/native/test_environment_names.py",
        "tests/routes/native/test_environments.py",
        "tests/routes/native/test_former_names.py",
        "tests/routes/native/test_repositories.py",
        "tests/routes/native/test_services.py",
        "tests/routes/native/test_settings.py",
        "tests/routes/test_named_issues.py",
        "tests/routes/jira/test_gates.py",
        "tests/cli/test_environment.py",
        "tests/cli/test_organization.py",
        "tests/cli/test_repository.py",
        "tests/cli/test_service.py",
        "tests/cli/test_setting.py",
        "tests/store/conformance/test_catalog.py",
        "tests/store/conformance/test_tiers.py",
    ),
    "deployments": (
        "tests/routes/datadog/test_list.py",
        "tests/routes/native/test_get.py",
        "tests/routes/native/test_list.py",
        "tests/routes/native/test_matrix.py",
        "tests/routes/opsgenie/test_runs.py",
        "tests/routes/opsgenie/test_search.py",
        "tests/store/conformance/test_deployments.py",
    ),
    "erasure": ("tests/cli/test_erase.py",),
    "gating": ("tests/routes/jira/test_gates.py", "tests/routes/native/test_gates.py", "tests/duties/test_gate_timeouts.py"),
    "incidents": (
        "tests/routes/datadog/test_failures.py",
        "tests/routes/native/test_incidents.py",
        "tests/routes/native/test_marks.py",
        "tests/routes/opsgenie/incidents",
    ),
    "ingestion": (
        "tests/routes/native/test_request_key.py",
        "tests/routes/opsgenie/test_runs.py",
        "tests/routes/test_damaged_records.py",
        "tests/routes/test_given_up.py",
        "tests/routes/test_kept_translation.py",
        "tests/routes/test_named_issues.py",
        "tests/promises/test_one_effect.py",
        "tests/promises/test_recorded_is_accepted.py",
        "tests/cli/test_rebuild.py",
        "tests/test_aggregates.py",
    ),
    "ledger": (
        "tests/routes/datadog/test_change.py",
        "tests/routes/datadog/test_samples.py",
        "tests/routes/jira/test_items.py",
        "tests/routes/jira/test_writes.py",
        "tests/routes/native/test_marks.py",
        "tests/routes/native/test_matrix.py",
        "tests/routes/native/test_record.py",
        "tests/routes/native/test_settings.py",
        "tests/routes/opsgenie/test_runs.py",
        "tests/routes/opsgenie/test_update.py",
        "tests/routes/opsgenie/test_update_state.py",
        "tests/cli/test_export.py",
        "tests/test_aggregates.py",
    ),
    "outgoing": ("tests/routes/native/test_gate_webhooks.py",),
    "pull_requests": ("tests/routes/native/test_pull_requests.py",),
    "sealing": (
        "tests/cli/test_changed_rows.py",
        "tests/cli/test_damaged_rows.py",
        "tests/cli/test_export.py",
        "tests/cli/test_verify_seals.py",
        "tests/test_aggregates.py",
    ),
}
"""By package."""


def list_front_doors(module: Path) -> tuple[str, ...]:
    """The tests that prove the package of ``module``, a path in the project, from outside."""
    return FRONT_DOORS.get(module.relative_to(PACKAGE).parts[0], ())
