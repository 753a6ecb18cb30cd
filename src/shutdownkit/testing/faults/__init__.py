"""The ways in which providers, files, and what lies between, go wrong: :mod:`.zoo` lists them."""
