"""The contract of classifiers: what it asks of a program, and its laws."""
