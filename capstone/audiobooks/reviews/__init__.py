"""What listeners think of recordings: stars on three axes, words, and who keeps them decent."""
