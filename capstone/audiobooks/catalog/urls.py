"""Addresses under /api/v1/. An id is any word here: what is not a UUID gets a 404 that says so."""

from django.urls import path

from audiobooks.catalog.rest import views

urlpatterns = [
    path("audiobooks/", views.AudiobookList.as_view(), name="audiobooks"),
    path("audiobooks/<str:id>/", views.AudiobookDetail.as_view(), name="audiobook"),
    path("audiobooks/<str:id>/chapters/", views.ChapterList.as_view(), name="chapters"),
    path("books/", views.BookList.as_view(), name="books"),
    path("books/<str:id>/", views.BookDetail.as_view(), name="book"),
    path("people/", views.PersonList.as_view(), name="people"),
    path("people/<str:id>/", views.PersonDetail.as_view(), name="person"),
    path("series/", views.SeriesList.as_view(), name="series-list"),
    path("series/<str:id>/", views.SeriesDetail.as_view(), name="series"),
    path("series/<str:id>/books/", views.SeriesBookList.as_view(), name="series-books"),
    path("genres/", views.GenreList.as_view(), name="genres"),
    path("publishers/", views.PublisherList.as_view(), name="publishers"),
]
