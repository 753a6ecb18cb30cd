"""Pure values: what was observed, and what was concluded from it.

Nothing in this package reads a clock, a file or the network.
"""
