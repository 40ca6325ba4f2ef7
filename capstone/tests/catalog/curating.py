"""A curator at work: requests with the headers that a change needs."""

from uuid import uuid4

from rest_framework.test import APIClient

API = "/api/v1/"


def create(client: APIClient, path: str, body: object, key: str = ""):
    """POST with an Idempotency-Key, a new one unless it is given."""
    return client.post(API + path, body, format="json", HTTP_IDEMPOTENCY_KEY=key or str(uuid4()))


def etag_of(client: APIClient, path: str) -> str:
    return client.get(API + path)["ETag"]


def change(client: APIClient, path: str, body: object, etag: str | None = None, method: str = "patch"):
    """PATCH or PUT with the ETag that was seen: the present one unless it is given."""
    headers = {"HTTP_IF_MATCH": etag if etag is not None else etag_of(client, path)}
    return getattr(client, method)(API + path, body, format="json", **headers)


def act(client: APIClient, path: str, verb: str, body: object = None):
    return client.post(f"{API}{path}{verb}/", body, format="json", HTTP_IF_MATCH=etag_of(client, path))
