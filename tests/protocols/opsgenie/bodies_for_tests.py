"""Bodies as clients send them, and Hypothesis strategies for valid ones."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from shipledger.protocols.opsgenie.vocabulary import STATES, TIERS


def release(**overrides):
    return {
        "type": "bbc",
        "repository": {"workspace": {"identifier": "acme", "type": "name"}, "repoSlug": "shop"},
        "commit": {"sha": "0c9135c"},
        **overrides,
    }


def create_body(**overrides):
    return {
        "state": "started",
        "environment": {"type": "Production", "id": "prod", "displayName": "Production"},
        "startedAt": "2026-03-04T05:06:07.000Z",
        "externalId": "build-77",
        "releases": [release()],
        **overrides,
    }


def texts(limit=512, minimum=0):
    return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=minimum, max_size=min(limit, 40))


def moments():
    return st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


def time_texts():
    return moments().map(lambda moment: moment.isoformat().replace("+00:00", "Z"))


def maybe(strategy):
    return st.none() | st.just("") | strategy


def releases():
    workspace = texts(minimum=1) | st.fixed_dictionaries(
        {"identifier": texts(minimum=1)}, optional={"type": st.none() | st.sampled_from(["name", "bbcUuid"])}
    )
    return st.fixed_dictionaries(
        {
            "repository": st.fixed_dictionaries({"workspace": workspace, "repoSlug": texts(minimum=1)}),
            "commit": st.fixed_dictionaries({"sha": texts(255, minimum=1)}),
        },
        optional={"type": st.none() | st.just("bbc"), "unknown": st.integers()},
    )


def valid_creates():
    return st.fixed_dictionaries(
        {
            "state": st.sampled_from(sorted(STATES)),
            "environment": st.fixed_dictionaries(
                {"type": st.sampled_from(sorted(TIERS)), "id": texts(minimum=1)}, optional={"displayName": maybe(texts())}
            ),
            "startedAt": time_texts(),
            "releases": st.lists(releases(), min_size=1, max_size=4),
        },
        optional={
            "completedAt": maybe(time_texts() | st.just("0001-01-01T00:00:00Z")),
            "message": maybe(texts()),
            "externalId": maybe(texts()),
            "description": maybe(texts()),
            "externalLink": maybe(texts()),
            "reference": maybe(texts()),
            "unknownList": st.lists(st.integers()),
        },
    )


def any_json():
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    names = st.sampled_from(
        ["state", "environment", "releases", "startedAt", "completedAt", "type", "id", "repository", "workspace", "commit", "sha"]
    )
    return st.recursive(
        scalars | st.sampled_from(["started", "Test", "bbc", "0001-01-01T00:00:00Z"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=3), inner, max_size=6),
        max_leaves=25,
    )
