"""What a right ``lab_rest`` does, asked over HTTP: of the lab's playground, and of any site that keeps the same promises."""
