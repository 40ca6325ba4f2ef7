"""A body's member that nobody declared is an error with a place, whatever the shape of the body."""

import pytest
from django.http import QueryDict
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from lab_rest.serializers import StrictSerializer
from rest_playground.models import Station


class Label(StrictSerializer):
    text = serializers.CharField(max_length=5)


class Parcel(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    weight_g = serializers.IntegerField()
    label = Label(required=False)
    tags = Label(many=True, required=False)


class Switches(StrictSerializer):
    on = serializers.BooleanField(required=False)
    count = serializers.IntegerField(required=False)
    name = serializers.CharField(required=False, allow_null=True)
    key = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=["1", "2"], required=False)
    words = serializers.ListField(child=serializers.CharField(), required=False)


class StationIn(StrictSerializer, serializers.ModelSerializer):
    class Meta:
        model = Station
        fields = ["code", "name"]


class Parcels(APIView):
    def post(self, request):
        parcel = Parcel(data=request.data)
        parcel.is_valid(raise_exception=True)
        return Response(parcel.validated_data)

    def patch(self, request):
        parcel = Parcel(data=request.data, partial=True)
        parcel.is_valid(raise_exception=True)
        return Response(parcel.validated_data)


urlpatterns = [path("parcels/", Parcels.as_view())]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


def errors_of(body: object, method: str = "post") -> dict[str, tuple[str, str]]:
    """{pointer: (code, detail)} of a refused body."""
    answer = getattr(APIClient(), method)("/parcels/", body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    return {error["pointer"]: (error["code"], error["detail"]) for error in answer.json()["errors"]}


def test_declared_members_pass():
    body = {"weight_g": 5, "label": {"text": "glass"}, "tags": [{"text": "a"}]}

    assert APIClient().post("/parcels/", body, format="json").json() == body


def test_unknown_members_are_named_with_the_known_ones():
    unknown = ("unknown", "Unknown member. Known: weight_g, label, tags.")

    assert errors_of({"weight_g": 5, "mass": 5, "a/b": 1, "": 2}) == {
        "#/mass": unknown,
        "#/a~1b": unknown,
        "#/": unknown,
    }


def test_a_read_only_field_is_refused_not_ignored():
    assert errors_of({"weight_g": 5, "id": 7})["#/id"][0] == "unknown"


def test_unknown_and_wrong_members_are_reported_together():
    found = errors_of(
        {"colour": "red", "label": {"text": "longer", "font": "x"}, "tags": [{"text": "a"}, {"b": 1}]}
    )

    assert {pointer: code for pointer, (code, _) in found.items()} == {
        "#/colour": "unknown",
        "#/weight_g": "required",
        "#/label/text": "max_length",
        "#/label/font": "unknown",
        "#/tags/1/text": "required",
        "#/tags/1/b": "unknown",
    }


def test_a_partial_body_is_as_strict():
    assert set(errors_of({"colour": "red"}, method="patch")) == {"#/colour"}


@pytest.mark.parametrize("body", [[], "text", 5, [{"weight_g": 5}]])
def test_what_is_no_object_is_refused_as_a_whole(body):
    assert set(errors_of(body)) == {"#"}


@pytest.mark.django_db
def test_model_serializers_become_strict_too():
    station = StationIn(data={"code": "S09", "name": "Oban", "id": 3})

    assert not station.is_valid()
    assert station.errors == {"id": ["Unknown member. Known: code, name."]}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"on": "false"}, "on"),
        ({"on": 0}, "on"),
        ({"count": "5"}, "count"),
        ({"count": 5.0}, "count"),
        ({"count": True}, "count"),
        ({"name": 5}, "name"),
        ({"key": 5}, "key"),
        ({"kind": 1}, "kind"),
        ({"words": ["a", 5]}, "words"),
    ],
)
def test_a_member_of_another_type_is_refused_not_converted(body, place):
    switches = Switches(data=body)

    assert not switches.is_valid()
    errors = switches.errors[place]
    assert (errors[1] if place == "words" else errors)[0].code == "wrong_type"


def test_members_of_the_right_type_and_null_pass():
    body = {"on": False, "count": 5, "name": None, "kind": "1", "words": ["a"]}

    switches = Switches(data=body)

    assert switches.is_valid(), switches.errors
    assert switches.validated_data == body


def test_a_form_has_only_text():
    assert Switches(data=QueryDict("on=true&count=5")).is_valid()
