"""Reports: their content, and its renderings."""
