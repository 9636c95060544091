"""Dated duties toward persons and about recipients: opened, due on a day, closed by two."""
