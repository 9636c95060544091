"""Questions with known answers, asked of register and match: made-up registers only.

sample     the made-up population of the demonstration, as register source and as labelled questions
questions  the demonstration's request file, lawful questions and reported defects
evaluate   recall and wrong confirmations over a labelled file
"""
