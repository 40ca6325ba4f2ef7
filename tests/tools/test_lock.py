import pytest

from nexus.errors import NexusError
from nexus.lock import refuse_marks_of_a_merge


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("run.txt", r"take one side \(git checkout --ours requirements/\*\.txt\)"), ("run.in", "settle it")],
)
def test_a_file_with_both_sides_of_a_merge_is_named_with_the_way_out(tmp_path, name, way_out):
    (tmp_path / "dev.txt").write_text("a==1\n")
    (tmp_path / name).write_text("<<<<<<< HEAD\na==1\n=======\na==2\n>>>>>>> other\n")

    with pytest.raises(NexusError, match=rf"requirements/{name} holds the marks of a merge: {way_out}"):
        refuse_marks_of_a_merge(tmp_path)


def test_files_without_such_marks_are_locked(tmp_path):
    (tmp_path / "dev.txt").write_text("a==1  # <<<<<<< in a comment\n")

    refuse_marks_of_a_merge(tmp_path)
