"""The catalogue over HTTP: shapes out, filters in, views between."""
