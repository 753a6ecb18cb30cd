"""Stand-ins for sources and for the libraries that ask providers; nothing of it opens a socket."""
