"""The sites that the checks ask."""

from nexus.labs.site import Site

playground = Site
