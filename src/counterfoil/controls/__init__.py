"""What may stop, bound or correct an answer: one folder or file for each subject."""
