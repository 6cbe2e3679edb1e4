import re
from pathlib import Path

import pytest

import shipledger.store
from shipledger.aggregates import AGGREGATES
from shipledger.store.statements import FILTERS, find_files, load_filters, load_statements
from shipledger.store.templates import list_templates, named

STORE = Path(shipledger.store.__file__).parent
FILES = sorted({*find_files("sqlite"), *find_files("postgres"), *list_templates()})
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in STORE.rglob("*.py"))
DIALECTS = ("sqlite", "postgres", "citus")


def test_every_file_of_statements_is_read():
    unread = {*STORE.glob("[!m]*/**/*.sql")} - {*FILES}
    assert {path.parent.name for path in unread} == {"parts"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(STORE)))
def test_every_statement_says_its_purpose_first(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    named = [place for place, line in enumerate(lines) if line.startswith("-- name:")]
    assert named
    for place in named:
        assert re.fullmatch(r"-- [A-Z].{8,}[.:]", lines[place + 1]), f"{path.name}:{place + 2}"


TEMPLATES = sorted(
    {
        name
        for path in list_templates()
        for name in re.findall(r"^-- name: (\S+?)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
)
PARTS = [part.table for one in AGGREGATES for part in one.keeping.parts]
OF_KINDS = {named(template, word) for template in TEMPLATES for word in (*AGGREGATES.kinds, *PARTS)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_statement_is_used(dialect):
    assert [name for name in load_statements(dialect) if f'"{name}"' not in SOURCES and name not in OF_KINDS] == []
    assert [template for template in TEMPLATES if f'"{template}"' not in SOURCES] == []


def test_the_verbs_of_both_stores_have_their_statements_in_both_dialects():
    topics = {path.parent for path in find_files("sqlite")} & {path.parent for path in find_files("postgres")} - {
        STORE / "moving"
    }
    verbs = "\n".join(
        path.read_text(encoding="utf-8") for topic in topics for path in topic.glob("*.py") if not path.stem.endswith("contract")
    )
    names = {name for dialect in DIALECTS for name in load_statements(dialect)}
    used = {name for name in names if f'"{name}"' in verbs}
    assert len(used) > 80
    for dialect in DIALECTS:
        assert used <= set(load_statements(dialect)), dialect


def test_a_statement_gives_and_takes_the_same_in_both_dialects():
    sqlite, postgres = load_statements("sqlite"), load_statements("postgres")
    for name in set(sqlite) & set(postgres):
        assert sqlite[name].gives is postgres[name].gives, name
        assert set(re.findall(r"(?<!\"):(\w+)", sqlite[name].text)) == set(postgres[name].order), name


def test_every_filter_is_used_and_fits_every_statement_in_both_dialects():
    assert [name for name in load_filters() if f'"{name}"' not in SOURCES] == []
    places = load_statements("sqlite").narrowable
    assert places == load_statements("postgres").narrowable != []
    for name in (f"{place}+{part}" for place in places for part in load_filters()):
        sqlite, postgres = load_statements("sqlite")[name], load_statements("postgres")[name]
        assert set(re.findall(r"(?<!\"):(\w+)", sqlite.text)) == set(postgres.order), name


def test_nothing_but_a_known_filter_gets_into_a_statement():
    for name in ("list_deployments+1=1", "list_deployments+in_state+nothing", "find_deployment+in_state", "nothing"):
        with pytest.raises(KeyError):
            load_statements("sqlite")[name]


IN_NO_ORDER = {
    "find_by_external_id": "of very many ids that begin so, some are looked at",
    "count_started": "counting stops there",
    "count_started_in_state": "counting stops there",
    "has_left_gates": "whether there is one",
    "list_changed_deployments": "more than the limit are refused",
    "list_deployments_of_tier_place": "each leaves the place once it is changed, and the next ones are asked for",
    "list_repositories_in_use": "a walk over an index gives them in their order",
    "list_projects": "a walk over an index gives them in their order",
    "read_commits_behind": "a walk gives the nearest first, and whatever part of a history is read, the rest is asked for",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_limited_has_an_order(dialect):
    unordered = []
    for name, statement in load_statements(dialect).items():
        before = [part.rpartition("SELECT")[2] for part in statement.text.split("LIMIT")[:-1]]
        if any("ORDER BY" not in part for part in before):
            unordered.append(name)
    assert {*unordered} - {*IN_NO_ORDER} == set()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_word_or_mark_stays_in_a_statement(dialect):
    assert [name for name, statement in load_statements(dialect).items() if "/*" in statement.text.replace(FILTERS, "")] == []


def test_every_statement_that_is_used_exists():
    used = set(re.findall(r'sql\["(\w+)"\]', SOURCES))
    assert used
    assert used <= set(load_statements("sqlite"))


def test_python_holds_no_sql():
    assert re.findall(r'"(?:SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|BEGIN|COMMIT|ROLLBACK)\b[^"]*"', SOURCES) == []


def test_shared_statements_keep_to_what_both_dialects_know():
    both = {*find_files("sqlite")} & {*find_files("postgres")}
    shared = "\n".join(path.read_text(encoding="utf-8") for path in both)
    for foreign in ("json_", "rowid", "INDEXED BY", "PRAGMA", "group_concat", "ifnull", "INSERT OR"):
        assert foreign not in shared
