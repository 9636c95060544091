"""Two officers: the only way from determinations to a ruling, and where a batch rests meanwhile.

    machine.py         states, events and the one table of transitions: pure
    ruling.py          Determined -> Reviewed -> Ruling, each made only with an officer's signature:
                       pure
    determinations.py  wire form of rows, and the running digest that officers sign: pure
    payload.py         encryption of rows under a key per batch, and salts: pure
    tables.py store.py the tables, and functions on a Connection

Import from the modules. Nothing here opens a register, writes an entry or decides a match.
"""
