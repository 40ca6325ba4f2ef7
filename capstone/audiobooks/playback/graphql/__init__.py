"""The graph's part of playback: where a listener is, and how much they heard."""
