"""The contract of rules: what it asks of an author, and its laws."""
