"""The business. It knows nothing of HTTP, metrics or configuration."""
