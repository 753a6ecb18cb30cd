"""Asking providers: what a source is, which are installed, one way to ask over HTTP, and asking all at once.

Nothing in this package judges, and nothing here knows a provider.
"""
