"""OONI's whole measurements, as its archive holds them: what one says of a service."""
