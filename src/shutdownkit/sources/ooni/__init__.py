"""OONI: the Open Observatory of Network Interference."""
