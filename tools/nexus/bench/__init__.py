"""What is measured against a yardstick: ways to do the same thing, interleaved in one run, told as ratios."""
