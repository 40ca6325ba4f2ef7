"""What a right ``lab_caching`` does, asked of the lab's playground over HTTP."""
