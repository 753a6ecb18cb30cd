"""The contract of sources: what it asks of an author, and its laws."""
