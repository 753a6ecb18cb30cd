"""OONI's published archive files: read from a folder, typed, line by line, and as a source."""
