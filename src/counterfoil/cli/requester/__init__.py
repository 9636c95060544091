"""Verbs that need no office: keys, request files, agreements, the law, verification."""
