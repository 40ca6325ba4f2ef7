"""Media over HTTP: uploads as JSON in the API, bytes both ways in the media process."""
