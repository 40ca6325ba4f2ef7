"""Addresses of the API (``api``), and of the media process under /media/ (``urlpatterns``)."""

from django.urls import path

from audiobooks.rights.rest import exports, files, jobs

urlpatterns = [path("exports/<uuid:export_id>.zip", files.ExportFile.as_view(), name="export-file")]

api = [
    path("me/export/", exports.MyExport.as_view(), name="export"),
    path("jobs/<str:id>/", jobs.JobOne.as_view(), name="job"),
]
