"""The rules whose weights are fitted to a published list of incidents, and the weights."""
