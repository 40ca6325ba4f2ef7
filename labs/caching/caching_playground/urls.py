"""Where the stage is served: the shop, and below /stage/ what the checks play with."""

from django.urls import path

from caching_playground import pages, props, service_calls

urlpatterns = [
    path("", pages.index),
    path("step<int:step>/", pages.front_page),
    path("step<int:step>/books/<int:book_id>/", pages.price),
    path("sign-in/", pages.sign_in),
    path("metrics/", pages.metrics_page),
    path("stage/answers/<slug:name>/", props.Answers.as_view()),
    path("stage/answers/<slug:name>/asked/", props.Asked.as_view()),
    path("stage/locks/", props.Locks.as_view()),
    path("stage/topics/<slug:topic>/", props.Topics.as_view()),
    path("stage/notices/", props.Notices.as_view()),
    path("stage/keys/", props.keys),
    path("stage/lifetimes/", props.lifetimes),
    path("stage/due/", props.due),
    path("stage/clock/", props.clock),
    path("stage/cache/", service_calls.cache),
    path("stage/calls/", service_calls.calls),
    path("stage/addresses/", service_calls.addresses),
    path("stage/front/", pages.front),
    path("stage/books/<int:book_id>/", pages.change),
    path("stage/pages/<slug:kind>/", pages.page),
]
