"""A listener who keeps a library, as their device does it by HTTP."""

from uuid import UUID

from cast import sign_in

from audiobooks.catalog.models import Audiobook


class Listener:
    """Somebody who asks for what is theirs."""

    def __init__(self, user):
        self.user = user
        self.client = sign_in(user)

    def get(self, path: str, **query):
        return self.client.get(f"/api/v1/me/{path}", query)

    def results(self, path: str, **query) -> list[dict]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def put(self, path: str, body: dict):
        return self.client.put(f"/api/v1/me/{path}/", body, format="json")

    def delete(self, path: str):
        return self.client.delete(f"/api/v1/me/{path}/")

    def place(self, shelf: UUID, audiobook: Audiobook, **where):
        where = {name: one and str(one.pk) for name, one in where.items()}
        body = {"audiobook": str(audiobook.pk)} | where
        return self.client.post(f"/api/v1/me/shelves/{shelf}/items/", body, format="json")

    def on(self, shelf: UUID) -> list[str]:
        return [item["audiobook"]["title"] for item in self.results(f"shelves/{shelf}/items/")]


def kind(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


def deleted(since: Listener) -> list[tuple[str, str]]:
    changes = since.get("changes/").json()["changes"]
    return [(change["kind"], change["id"]) for change in changes if change["is_deleted"]]
