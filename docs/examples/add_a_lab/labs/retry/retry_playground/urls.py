"""The steps, one address each."""

from django.urls import path

from retry_playground import step1_silent, step2_rounded_down, step3_part

urlpatterns = [
    path("step1/", step1_silent.service),
    path("step2/", step2_rounded_down.service),
    path("step3/", step3_part.service),
    path("busy/", step3_part.busy),
    path("relay/", step3_part.relay),
]
