"""IODA: Internet Outage Detection and Analysis, at Georgia Tech."""
