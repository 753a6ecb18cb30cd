"""Providers' wire formats, for a loopback server to answer with."""
