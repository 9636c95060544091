"""Programs for those who work on Counterfoil; nothing here is installed."""
