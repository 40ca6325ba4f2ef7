"""Addresses under /listen/. What follows the `#` is the page's own business: see `main.js`."""

from django.urls import path

from audiobooks.listen import views

urlpatterns = [path("", views.shell, name="listen")]
