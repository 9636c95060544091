"""What is owed to persons, courts, inspectors and the public."""
