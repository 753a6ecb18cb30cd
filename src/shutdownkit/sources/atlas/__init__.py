"""RIPE Atlas: probes in volunteers' networks."""
