"""What the playground's last two steps promise, and that its documentation shows them."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.test import Client
from openapi_spec_validator import validate

from rest_playground import tokens
from rest_playground.models import Reading

ADA = {"name": "ada", "password": "rain-gauge-7"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ada_at(now: datetime) -> str:
    return tokens.token_for(**ADA, now=now)


def forged(**but: object) -> str:
    """A token as ours are, signed with our key, but for what is said."""
    now = datetime.now(UTC)
    usual = {"sub": "bo", "role": "observer", "aud": "rest-playground", "iat": now}
    claims = usual | {"exp": now + timedelta(minutes=1)} | but
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, tokens.signing_key(), algorithm="HS256")


def test_a_token_names_its_caller_and_role_for_15_minutes(client):
    answer = client.post("/step4/tokens/", ADA, "application/json")

    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["expires_in"] == 900
    assert tokens.caller_from(answer.json()["access_token"]) == tokens.Caller(pk="ada", role="observer")


def test_an_unknown_name_is_refused_as_a_wrong_password_is(client):
    wrong = [ADA | {"password": "wind-vane-3"}, ADA | {"name": "eve"}, {"name": "", "password": "!"}]
    answers = [client.post("/step4/tokens/", body, "application/json") for body in wrong]

    assert [answer.status_code for answer in answers] == [401, 401, 400]
    assert answers[0].json()["detail"] == answers[1].json()["detail"] == "No such name and password."
    assert answers[1]["WWW-Authenticate"] == 'Bearer realm="rest-playground"'


def test_an_unknown_name_costs_one_hash_as_a_known_one_does(monkeypatch):
    hashed = []
    scrypt = tokens.check_password.__globals__["get_hasher"]().__class__
    encode = scrypt.encode
    monkeypatch.setattr(scrypt, "encode", lambda *args: hashed.append(1) or encode(*args))

    for name in ("ada", "eve"):
        with pytest.raises(tokens.TokenRefused):
            tokens.token_for(name, "guess", now=datetime.now(UTC))

    assert hashed == [1, 1]


@pytest.mark.parametrize(
    ("token", "told"),
    [
        pytest.param(lambda: ada_at(datetime.now(UTC) - timedelta(minutes=16)), "has expired", id="expired"),
        pytest.param(
            lambda: jwt.encode({"sub": "ada"}, None, algorithm="none"), "not a token", id="unsigned"
        ),
        pytest.param(lambda: forged(aud="another-service"), "not a token", id="for another service"),
        pytest.param(lambda: forged(exp=None), "not a token", id="for ever"),
        pytest.param(lambda: forged()[:-4] + "AAAA", "not a token", id="altered"),
        pytest.param(lambda: "", "not a token", id="empty"),
    ],
)
def test_a_token_that_proves_nothing_is_a_401(client, db, token, told):
    answer = client.get("/step4/readings/", headers=bearer(token()))

    assert answer.status_code == 401
    assert told in answer.json()["detail"]


def test_a_token_in_the_address_is_an_unknown_parameter(client, db):
    assert client.get(f"/step4/readings/?access_token={ada_at(datetime.now(UTC))}").status_code == 400


@pytest.fixture
def ada() -> Client:
    """Ada, with her token."""
    return Client(headers=bearer(ada_at(datetime.now(UTC))))


@pytest.mark.django_db(transaction=True)
def test_of_8_simultaneous_writers_who_read_the_same_version_one_gets_through(ada, make_readings, at_once):
    (reading,) = make_readings(1)
    address = f"/step5/readings/{reading.pk}/"
    tag = ada.get(address)["ETag"]

    def write(index: int) -> int:
        body = {"wind_kmh": 30 + index}
        return ada.patch(address, body, "application/json", headers={"If-Match": tag}).status_code

    assert sorted(at_once(8, write)) == [200] + [412] * 7


@pytest.mark.django_db(transaction=True)
def test_of_8_simultaneous_posts_with_one_key_one_has_an_effect(ada, make_readings, at_once):
    make_readings(1)
    body = {"station": "S01", "recorded_at": "2026-01-01T00:00Z", "temperature_c": 4.5, "wind_kmh": 12}

    def post(index: int) -> int:
        headers = {"Idempotency-Key": '"one"'}
        return ada.post("/step5/readings/", body, "application/json", headers=headers).status_code

    assert set(at_once(8, post)) <= {201, 409}
    assert Reading.objects.count() == 2


def test_the_tag_that_a_change_answers_is_that_of_the_next_read(ada, make_readings):
    (reading,) = make_readings(1)
    address = f"/step5/readings/{reading.pk}/"
    headers = {"If-Match": ada.get(address)["ETag"]}

    changed = ada.patch(address, {"temperature_c": -0.0}, "application/json", headers=headers)

    assert changed.json()["temperature_c"] == "0.0"
    assert changed["ETag"] == ada.get(address)["ETag"] != headers["If-Match"]


def test_a_change_by_an_earlier_step_changes_the_tag_too(ada, make_readings):
    (reading,) = make_readings(1)
    tag = ada.get(f"/step5/readings/{reading.pk}/")["ETag"]

    ada.patch(f"/step2/readings/{reading.pk}/", {"wind_kmh": 21}, "application/json")

    assert ada.get(f"/step5/readings/{reading.pk}/", headers={"If-None-Match": tag}).status_code == 200


def test_deleting_asks_for_the_tag(ada, make_readings):
    (reading,) = make_readings(1)
    address = f"/step5/readings/{reading.pk}/"

    assert ada.delete(address).status_code == 428
    assert ada.delete(address, headers={"If-Match": '"old"'}).status_code == 412
    assert ada.delete(address, headers={"If-Match": ada.get(address)["ETag"]}).status_code == 204
    assert Reading.objects.count() == 0


def test_what_is_no_number_of_a_reading_is_a_404(client, db):
    for number in ("abc", "-1", "9" * 40):
        assert client.get(f"/step5/readings/{number}/").status_code == 404


def test_the_openapi_document_is_valid_and_says_what_step_5_asks_for(client, capfd):
    document = client.get("/openapi.json").json()

    validate(document)
    assert capfd.readouterr().err == ""  # drf-spectacular warns there
    operations = {
        (path, method): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) == 32
    asked = {
        (method, parameter["name"])
        for (path, method), operation in operations.items()
        for parameter in operation.get("parameters", ())
        if path.startswith("/step5/") and parameter["in"] == "header"
    }
    assert asked == {
        ("get", "If-None-Match"),
        ("post", "Idempotency-Key"),
        *((method, "If-Match") for method in ("put", "patch", "delete")),
    }


def test_swagger_ui_needs_no_other_host(client):
    page = client.get("/docs/").content.decode()

    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(files) == 4
    for file in files:
        with closing(client.get(file)) as answer:
            assert answer.status_code == 200
    assert "/openapi.json" in page
