"""The mailbox between outside and inside: what arrives, what the office makes of it, what leaves.

`mailbox` is the folder itself and imports nothing of an office: the gateway uses it too.
"""
