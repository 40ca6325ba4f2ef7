"""One route per step."""

from django.urls import path

from lab_rest import problems
from rest_playground import step1_everything, step2_offset, step3_keyset

urlpatterns = [
    path("step1/readings/", step1_everything.Readings.as_view()),
    path("step2/readings/", step2_offset.Readings.as_view()),
    path("step3/readings/", step3_keyset.Readings.as_view()),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
