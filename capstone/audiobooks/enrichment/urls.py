"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.enrichment import rest

urlpatterns = [
    path("audiobooks/<str:id>/lookups/", rest.Lookups.as_view(), name="lookups"),
    path("audiobooks/<str:id>/proposals/", rest.Proposals.as_view(), name="proposals"),
    path("lookups/<str:id>/", rest.LookupOne.as_view(), name="lookup"),
    path("proposals/<str:id>/accept/", rest.ProposalAccept.as_view(), name="proposal-accept"),
    path("proposals/<str:id>/reject/", rest.ProposalReject.as_view(), name="proposal-reject"),
]
