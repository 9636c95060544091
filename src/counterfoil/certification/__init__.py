"""Questions with known answers, asked of register and match.

sample     the made-up population of the demonstration, as register source and as labelled questions
questions  the demonstration's request file, lawful questions and reported defects
evaluate   recall and wrong confirmations over a labelled file, by group and by threshold: made-up
           registers only
certify    decoys drawn from a register's own source: how seldom it confirms what is not so, and the
           threshold for that bounds, chance, curves, tally (pure) · sample, decoys, street_decoys,
           holding, asking (a decoy's way) · crew, certify_state (processes, going on) ·
           certificate, certifying (what is signed) · pictures, svg
"""
