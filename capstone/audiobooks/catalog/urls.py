"""Addresses under /api/v1/. An id is any word here: what is not a UUID gets a 404 that says so."""

from django.urls import path

from audiobooks.catalog.rest import views, writes

urlpatterns = [
    path("audiobooks/", writes.Audiobooks.as_view(), name="audiobooks"),
    path("audiobooks/<str:id>/", writes.AudiobookOne.as_view(), name="audiobook"),
    path("audiobooks/<str:id>/chapters/", writes.Chapters.as_view(), name="chapters"),
    path("audiobooks/<str:id>/publish/", writes.AudiobookPublish.as_view(), name="audiobook-publish"),
    path("audiobooks/<str:id>/withdraw/", writes.AudiobookWithdraw.as_view(), name="audiobook-withdraw"),
    path("audiobooks/<str:id>/restore/", writes.AudiobookRestore.as_view(), name="audiobook-restore"),
    path("books/", writes.Books.as_view(), name="books"),
    path("books/<str:id>/", writes.BookOne.as_view(), name="book"),
    path("people/", writes.People.as_view(), name="people"),
    path("people/<str:id>/", writes.PersonOne.as_view(), name="person"),
    path("people/<str:id>/merge/", writes.PersonMerge.as_view(), name="person-merge"),
    path("series/", views.SeriesList.as_view(), name="series-list"),
    path("series/<str:id>/", views.SeriesDetail.as_view(), name="series"),
    path("series/<str:id>/books/", views.SeriesBookList.as_view(), name="series-books"),
    path("genres/", views.GenreList.as_view(), name="genres"),
    path("publishers/", views.PublisherList.as_view(), name="publishers"),
]
