"""No GET changes a row: PostgreSQL's own count of rows written says so, for every address and caller."""

import pytest
from contract.document import OPERATIONS, ask
from contract.scene import ROLES, count, make_scene, rows_written

pytestmark = pytest.mark.django_db
READS = sorted(name for name, operation in OPERATIONS.items() if operation.method == "get")
PAGES = ["/", "/listen/", "/api/schema/", "/api/docs/", "/admin/login/", "/healthz/live", "/healthz/ready"]


def test_what_is_written_is_counted():
    scene = make_scene()
    before = rows_written()

    answer = ask(OPERATIONS["books_change"], scene, "curator", scene.books[0].pk, body={"title": "New"})

    # The work twice, its two recordings, their documents, and their cards: with the title, and with the version.
    assert (answer.status_code, rows_written() - before) == (200, 10)


@pytest.mark.parametrize("operation_id", READS)
def test_reading_changes_nothing(operation_id, request):
    scene, operation = make_scene(), OPERATIONS[operation_id]
    ids = scene.ids_in(operation.path) if "{id}" in operation.path else [""]
    statuses = set()
    before = rows_written()

    for role in ROLES:
        for row_id in ids:
            statuses.add(ask(operation, scene, role, row_id).status_code)
            count(request.node, "reads")

    assert rows_written() == before
    assert statuses <= {200, 304, 308, 401, 403, 404}
    assert 200 in statuses


@pytest.mark.parametrize("path", PAGES)
def test_pages_change_nothing(path, client):
    before = rows_written()

    answer = client.get(path)

    assert (answer.status_code, rows_written()) == (200, before)
