"""Recall and wrong confirmations, beside a peer, on made-up questions with known answers: `python
-m bench.accuracy`."""
