"""The admin's page about the cache."""

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from audiobooks.insights.rest import found


@staff_member_required
@require_safe
def cache_page(request: HttpRequest) -> HttpResponse:
    """Answer the page at /admin/cache/."""
    context = {**admin.site.each_context(request), "title": "Cache", **found()}
    return TemplateResponse(request, "admin/cache.html", context)
