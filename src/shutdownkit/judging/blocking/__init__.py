"""Which services are blocked, judged from single tests."""
