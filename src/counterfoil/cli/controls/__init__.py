"""What stops, bounds or corrects an answer."""
