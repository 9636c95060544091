"""The engine `spark` beside this machine's own."""
