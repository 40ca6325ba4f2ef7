"""Recorded terminal sessions: what differs from run to run is told the same, anything else is a fault."""

import pytest

from nexus import noise, transcripts
from nexus.errors import NexusError


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("curl http://127.0.0.1:41017/x", "curl http://127.0.0.1:8010/x"),
        ("read http://127.0.0.1:8001/concepts/", "read http://127.0.0.1:8001/concepts/"),
        ("work/backups/rest-20261125-183120-192449/lab_rest", "work/backups/rest-<time>/lab_rest"),
        ('Quote 5355312fc3c640678e1523f314ac9c89 "now"', 'Quote <digest> "now"'),
        ("60,000 readings, 120 minutes", "60,000 readings, 120 minutes"),
    ],
)
def test_ports_ids_and_times_are_told_the_same_and_counts_are_not(printed, told):
    assert noise.same_each_time(printed) == told


def test_lines_that_are_left_out_leave_one_mark_where_they_stood():
    assert list(transcripts.kept(["a1", "b", "c", "a2", "d"], "^a")) == ["a1", "…", "a2", "…"]
    assert list(transcripts.kept(["a1", "", "b"], "")) == ["a1", "", "b"]


def test_a_session_that_runs_otherwise_is_told_line_by_line(tmp_path):
    file = tmp_path / "session.txt"
    file.write_text("$ ./nexus lab\n0 of 10\n")

    assert list(transcripts.differences(file, "$ ./nexus lab\n0 of 10\n")) == []
    assert list(transcripts.differences(file, "$ ./nexus lab\n1 of 10\n"))[-2:] == ["-0 of 10", "+1 of 10"]
    assert list(transcripts.differences(tmp_path / "none.txt", "$ ./nexus lab\n"))[-1] == "+$ ./nexus lab"


def test_a_command_that_ends_otherwise_than_it_should_stops_the_session(tmp_path):
    run = transcripts.Run("lab shw", code=0)

    with pytest.raises(
        NexusError, match=r"(?s)^\./nexus lab shw ended with exit code 2, not 0:\n.*Did you mean 'show'"
    ):
        list(run.lines(tmp_path, {"PATH": "/usr/bin", "NO_COLOR": "1"}))
