"""One route per step, and where the problem types are explained."""

from django.urls import path

from lab_rest import problems
from rest_playground import pages, step1_everything, step2_offset, step3_keyset

urlpatterns = [
    path("", pages.index),
    path("errors/", pages.errors),
    path("step1/readings/", step1_everything.Readings.as_view()),
    path("step2/readings/", step2_offset.Readings.as_view()),
    path("step3/readings/", step3_keyset.Readings.as_view()),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
