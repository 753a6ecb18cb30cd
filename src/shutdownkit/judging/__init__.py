"""Judging: from signals to verdicts.

Everything here is a pure function of its arguments: nothing reads a clock, a file, the network or what
is installed.
"""
