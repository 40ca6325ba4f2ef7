"""The HTTP interface of playback."""
