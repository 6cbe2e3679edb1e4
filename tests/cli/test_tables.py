"""Tables for people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipledger.cli.tables import print_table
from shipledger.observability.terminal import on_one_line
from tests.support.commands import Commands

ID = "019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10"
TITLE = "Add the address form to the checkout of every shop in Europe"


def lines_of(capsys: pytest.CaptureFixture[str], *rows: tuple[str, ...]) -> list[str]:
    print_table(("ID", "STATE", "TITLE"), rows, empty="None.")
    return capsys.readouterr().out.splitlines()


def test_a_wide_terminal_has_a_line_for_each_row(monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert lines_of(capsys, (ID, "failed", TITLE)) == [
        f"{'ID':<38}STATE   TITLE",
        f"{ID}  failed  {TITLE}",
    ]


def test_titles_are_folded_between_words_where_they_do_not_fit(monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    lines = lines_of(capsys, (ID, "failed", TITLE))
    assert max(map(len, lines)) <= 90
    assert lines[1] == f"{ID}  failed  Add the address form to the checkout of"
    assert lines[2].strip() == "every shop in Europe"


@pytest.mark.parametrize("columns", ["60", "40", "10"])
def test_a_narrow_terminal_has_a_block_for_each_row_with_its_id_whole(monkeypatch, capsys, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert lines_of(capsys, (ID, "failed", TITLE), ("b", "", "x")) == [
        f"ID     {ID}",
        "STATE  failed",
        f"TITLE  {TITLE}",
        "",
        "ID     b",
        "TITLE  x",
    ]


def test_what_is_no_terminal_gets_a_line_for_each_row_however_long(monkeypatch, capsys) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert lines_of(capsys, (ID, "failed", TITLE * 10))[1] == f"{ID}  failed  {TITLE * 10}"


@settings(max_examples=20)
@given(rows=st.lists(st.tuples(*[st.text(max_size=60)] * 3), min_size=1, max_size=4), columns=st.integers(1, 120))
def test_no_word_is_ever_broken(rows: list[tuple[str, ...]], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        printed: list[str] = []
        patch.setattr("typer.echo", lambda text="", **_: printed.append(text))
        patch.setattr("typer.secho", lambda text="", **_: printed.append(text))
        print_table(("ONE", "TWO", "THREE"), rows, empty="None.")
    words = " ".join(printed).split()
    for row in rows:
        for cell in row:
            assert [word for word in on_one_line(cell).split() if word not in words] == []


@pytest.mark.parametrize("arguments", [("credential", "list"), ("service", "list"), ("organization", "list")])
def test_ids_of_every_list_are_whole_at_60_columns(cli: Commands, arguments: tuple[str, ...]) -> None:
    cli("service", "create", "The service that sells what other services have put on the shelf", "--description", TITLE)
    cli("credential", "create", "opsgenie", "--name", TITLE)
    (listed,) = cli(*arguments, "--json").json.values()
    shown = cli(*arguments, environment={"COLUMNS": "60"}).out
    assert [one["id"] for one in listed if one["id"] not in shown] == [] or arguments[0] == "organization"
