"""A requester's and a party's own tools: keys, signed request files, agreements, verification. They
need no office."""
