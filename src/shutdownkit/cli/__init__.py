"""The command line.  Needs the extra ``cli``; nothing else in the package imports this."""
