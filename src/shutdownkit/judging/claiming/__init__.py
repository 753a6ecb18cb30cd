"""How a claimed cause is tested: what it predicts, what was seen of that, and how much it weighs."""
