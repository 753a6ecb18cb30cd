"""Rules: named, versioned judgements, passed as values and never discovered."""
