"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.discovery.rest import search

urlpatterns = [
    path("search/", search.Search.as_view(), name="search"),
    path("search/suggest/", search.Suggest.as_view(), name="search-suggest"),
]
