"""What a listener has: today the grants that open restricted audiobooks."""
