"""What inspectors, courts and the public are owed."""
