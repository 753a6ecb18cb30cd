"""How alike two episodes are: their technical signatures, and how much each likeness says."""
