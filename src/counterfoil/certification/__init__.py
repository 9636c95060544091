"""Certification: how seldom a register confirms what is not so, and what follows from it.

certify    run.py, checkpoint.py; source_sample.py, places.py, seeded_choice.py (what decoys are
           made of); decoys.py, true_negative.py, ask.py (how they are made, checked and asked);
           tally.py, curves.py, charts.py (what was counted); compose.py, certificate.py
govern     governing.py and pinned.py: which certificates hold for a batch; history_mix.py: which
           kinds of negatives an office has had
evaluate   evaluate.py, labelled.py, slices.py: recall and wrong confirmations over a labelled
           file, by group and by threshold, for made-up registers only
"""
