"""One hardened way to ask over HTTP, for every source."""
