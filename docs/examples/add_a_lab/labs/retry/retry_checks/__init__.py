"""What a right ``lab_retry`` does, asked over HTTP."""
