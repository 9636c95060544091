"""What is kept until when, and its lawful deletion."""
