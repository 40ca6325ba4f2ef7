"""The board templates can be read by what they are for, and hold the same cards."""

import csv
import json
import re
import subprocess
import sys
from datetime import date

import pytest

from nexus.pages import DOCS

BOARDS = DOCS / "examples/boards"
TEMPLATE = json.loads((BOARDS / "trello.json").read_text())
with (BOARDS / "notion.csv").open(newline="") as opened:
    ROWS = list(csv.DictReader(opened))


def test_notions_table_has_its_columns_and_each_card_says_when_it_is_done():
    assert list(ROWS[0]) == ["Name", "Status", "Owner", "Issue", "Done when", "Due"]
    for row in ROWS:
        assert row["Status"] in TEMPLATE["lists"]
        assert re.fullmatch(r"#\d+", row["Issue"])
        assert len(row["Done when"].split()) > 4, row["Name"]
        assert date.fromisoformat(row["Due"]).weekday() < 5, f"{row['Name']} is due on a weekend"
        assert row["Owner"] or row["Status"] == "To do", f"{row['Name']} is begun by nobody"


def test_both_boards_hold_the_same_cards_in_the_same_columns():
    notion = {
        (row["Status"], f"{row['Name']} ({row['Issue']})", f"Done when: {row['Done when']}") for row in ROWS
    }
    trello = {
        (name, card["name"], card["desc"]) for name, cards in TEMPLATE["cards"].items() for card in cards
    }

    assert trello == notion
    assert list(TEMPLATE["cards"]) == TEMPLATE["lists"]


@pytest.mark.parametrize(("column", "limit"), TEMPLATE["limits"].items())
def test_no_column_holds_more_cards_than_it_may(column, limit):
    assert len(TEMPLATE["cards"][column]) <= limit


def test_trellos_board_is_made_by_eleven_requests_and_a_dry_run_shows_no_secret():
    done = subprocess.run(
        [sys.executable, BOARDS / "trello.py", "--print"],
        env={"TRELLO_KEY": "k3y", "TRELLO_TOKEN": "t0ken"},
        capture_output=True,
        text=True,
        check=True,
    )

    requests = done.stdout.splitlines()
    assert [line.split("?")[0] for line in requests].count("POST /cards") == len(ROWS) == 6
    assert len(requests) == 1 + len(TEMPLATE["lists"]) + len(ROWS) == 11
    assert "k3y" not in done.stdout
    assert "t0ken" not in done.stdout
