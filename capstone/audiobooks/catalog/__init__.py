"""What can be heard: books, their recordings, and who made them."""
