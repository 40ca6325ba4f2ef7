"""What the platform tells its operators about itself: today, what was answered from the cache."""
