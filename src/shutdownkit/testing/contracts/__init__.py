"""Contracts: laws that every source, every rule and every classifier must keep, ready to be inherited."""
