"""The steps' addresses, their documentation, and where the problem types are explained."""

from django.contrib.staticfiles.views import serve
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from lab_rest import problems
from rest_playground import (
    pages,
    props,
    step1_everything,
    step2_router,
    step3_keyset,
    step3_offset,
    step4_jwt,
    step5_contract,
)

# --8<-- [start:routes]
router = SimpleRouter(use_regex_path=False)
router.register("step2/readings", step2_router.Readings, basename="step2")
router.register("step3/numbered", step3_offset.Readings, basename="step3-numbered")
router.register("step3/readings", step3_keyset.Readings, basename="step3")
router.register("step4/readings", step4_jwt.Readings, basename="step4")
router.register("step5/readings", step5_contract.Readings, basename="step5")
# --8<-- [end:routes]

urlpatterns = [
    path("", pages.index),
    path("errors/", pages.errors),
    path("docs/", SpectacularSwaggerView.as_view(url_name="openapi"), name="docs"),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    # Swagger UI's files: `insecure` serves them without DEBUG, under any server. They are public, and a few.
    path("static/<path:path>", serve, {"insecure": True}),
    path("step1/readings/", step1_everything.Readings.as_view()),
    path("step4/tokens/", step4_jwt.Tokens.as_view()),
    path("", include(router.urls)),
    path("stage/pages/", props.Pages.as_view()),
    path("stage/linked/", props.LinkedPages.as_view()),
    path("stage/cursor/", props.Cursor.as_view()),
    path("stage/batch/", props.Judged.as_view(serializer_class=props.Batch)),
    path("stage/strict/", props.Judged.as_view(serializer_class=step5_contract.StrictReadingSerializer)),
    path("stage/half-way/", props.HalfWay.as_view({"post": "create"})),
    path("stage/hold/", props.HoldDoor.as_view()),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
