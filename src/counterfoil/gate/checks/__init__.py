"""One small pure function for each element's check, and the table that names them."""
