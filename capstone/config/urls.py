"""The API's addresses. Each app owns the ones below /api/v1/ that begin with its nouns."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from audiobooks.insights import admin as insights_admin
from audiobooks.insights import rest as insights
from audiobooks.media.urls import api as media_api
from audiobooks.playback.urls import sitting
from audiobooks.rights.urls import api as rights_api
from config import (
    graph,
    health,
    openapi,  # noqa: F401 -- its extension is known once it is imported
    site,
)

api = [
    path("playback/", include(sitting)),  # what is asked for most is found first
    path("", include("audiobooks.catalog.urls")),
    path("", include("audiobooks.discovery.urls")),
    path("", include("audiobooks.accounts.urls")),
    path("", include("audiobooks.library.urls")),
    path("", include("audiobooks.enrichment.urls")),
    path("", include("audiobooks.insights.urls")),
    path("", include("audiobooks.playback.urls")),
    path("", include("audiobooks.reviews.urls")),
    path("", include(media_api)),
    path("", include(rights_api)),
]

urlpatterns = [
    path("", site.landing_page, name="landing-page"),
    path("listen/", include("audiobooks.listen.urls")),
    path("api/v1/", include((api, "api"), namespace="v1")),
    path("graphql/", graph.view_of(graph.graph()), name="graph"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("admin/cache/", insights_admin.cache_page, name="cache-page"),
    path("admin/", admin.site.urls),
    path("metrics", insights.prometheus),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
]

admin.site.site_header = "Nexus Audiobooks"
admin.site.site_title = "Nexus Audiobooks"
admin.site.site_url = settings.PUBLIC_BASE_URL

handler400 = "lab_rest.problems.bad_request"
handler403 = "lab_rest.problems.permission_denied"
handler404 = "lab_rest.problems.page_not_found"
handler500 = "lab_rest.problems.server_error"
