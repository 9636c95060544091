"""The accounting of disclosures about one person."""
