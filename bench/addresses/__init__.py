"""Address forms: their speed, and what they read beside two parsers on public labeled sets."""
