"""The built-in sources keep the contract that plugins are held to."""
