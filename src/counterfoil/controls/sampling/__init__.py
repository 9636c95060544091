"""The sample that is reviewed before release."""
