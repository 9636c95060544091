"""Signing in: who sits at the browser. It lets an officer look; each act is signed with their own
key besides. There are no passwords here.
"""
