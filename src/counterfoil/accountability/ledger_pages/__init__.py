"""The ledger for whoever reads it a page at a time: entries in words, checkpoints with their
witnesses, and what takes long as a job. Nothing here is entered, because the ledger tells of
nobody; nothing is signed."""
