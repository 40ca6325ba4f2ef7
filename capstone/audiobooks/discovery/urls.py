"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.discovery.rest import home, search

urlpatterns = [
    path("me/home/", home.Home.as_view(), name="home"),
    path("search/", search.Search.as_view(), name="search"),
    path("search/suggest/", search.Suggest.as_view(), name="search-suggest"),
]
