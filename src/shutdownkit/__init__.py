"""Judge Internet shutdowns from public measurements."""
