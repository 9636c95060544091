"""What can be told from outside about why an answer is no, with the protections on and off."""
