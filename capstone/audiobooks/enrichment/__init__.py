"""What other catalogues know about ours: looked up in the background, proposed, and taken over where a curator says so."""
