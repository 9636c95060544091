"""Running an office as a service."""
