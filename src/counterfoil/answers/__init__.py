"""What leaves: from a ruling to a signed answer file, and its check on the requester's side.

    coarsen         the only place where a determination becomes an answer
    rows            answers as JSON lines or CSV
    format          format `counterfoil-answer-1`: the fields of the envelope, and what the ledger's
                    entry commits to
    envelope        signs the envelope
    sd_jwt          a selectively disclosed statement
    write           writes the two files, whole or not at all
    read_envelope   reads them strictly
    verify          checks them without an office: standard library and `cryptography` only

Import from the modules. This file imports none, so that `verify` brings nothing of the others.
"""
