"""Adapters to providers.  None knows of another."""
