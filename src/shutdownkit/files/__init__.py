"""Reading and writing files: long tables of signals, and lists of known incidents.

Nothing in this package judges; it turns files into the values of the model and back, and names the
file, the line and the column where it cannot.
"""
