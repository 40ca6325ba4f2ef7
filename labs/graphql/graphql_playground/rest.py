"""The same films over REST, written well: what the graph is compared with."""

from typing import Any

from django.db.models import Avg, Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from graphql_playground.entry import NEWEST
from graphql_playground.models import Film, Person, Review


def film_as(film: Any) -> dict[str, Any]:
    """Return a film as every list and detail shows it."""
    return {
        "id": film.pk,
        "title": film.title,
        "year": film.year,
        "studio": {"id": film.studio_id, "name": film.studio.name, "country": film.studio.country},
        "director": {
            "id": film.director_id,
            "name": film.director.name,
            "url": f"/rest/people/{film.director_id}/",
        },
        "cast": [{"id": person.pk, "name": person.name} for person in film.cast.all()],
        "reviews": [{"id": one.pk, "stars": one.stars, "text": one.text} for one in film.reviews.all()],
        "rating": film.mean,
    }


def films(request: HttpRequest) -> HttpResponse:
    """GET /rest/films/ → the newest 20, whole. 3 queries."""
    rows = (
        Film.objects.select_related("studio", "director")
        .annotate(mean=Avg("reviews__stars"))
        .prefetch_related("cast", Prefetch("reviews", Review.objects.order_by("-id")))
    )
    if director := request.GET.get("director"):
        rows = rows.filter(director=director)
    return JsonResponse({"results": [film_as(film) for film in rows.order_by(*NEWEST)[:20]]})


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """GET /rest/people/1/ → the person. 1 query."""
    one = Person.objects.get(pk=pk)
    return JsonResponse({"id": one.pk, "name": one.name, "films": f"/rest/films/?director={pk}"})


urlpatterns = [path("rest/films/", films), path("rest/people/<int:pk>/", person)]
