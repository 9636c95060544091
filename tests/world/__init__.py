"""A made-up agency: source rows, request rows and offices that tests share. Nobody here exists."""
