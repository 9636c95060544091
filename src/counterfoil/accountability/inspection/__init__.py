"""The inspector's sample of released answers: drawn by a rule that anyone can follow.

    rule     what the sample is of, and how it is drawn; pure
    nonce    what the inspector signs, once the ledger's root is fixed: the format
    draw     an office draws it, and writes one folder
    check    that folder, checked offline

docs/formats/inspector-sample.md says it for a reader without the source.
"""
