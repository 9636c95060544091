"""What leaves: from a ruling to a signed answer file, and its check on the requester's side.

    coarsen.py      the only place where a determination becomes an answer
    rows.py         answers as JSON lines or CSV
    answer_file.py  format `counterfoil-answer-1`: fields of the envelope, what the ledger's entry
                    commits to
    envelope.py     signs the envelope
    release.py      writes the two files, whole or not at all
    verify.py       checks them without an office: standard library and `cryptography` only

Import from the modules: this file imports none, so that `verify` carries nothing of the others.
"""
