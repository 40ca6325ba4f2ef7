"""What a right ``lab_graphql`` does, asked over HTTP of the lab's playground."""
