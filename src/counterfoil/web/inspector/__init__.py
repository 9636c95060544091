"""The inspector's pages: they read, and sign nothing. Disclosure officers have them too.

ledger.py     entries by kind, batch and day; one entry and what was checked for it; checkpoints;
              two days compared
checks.py     the full check, attestations and reports, as jobs
evidence.py   the evidence bundle of a request, which is entered; how a sample is drawn
"""
