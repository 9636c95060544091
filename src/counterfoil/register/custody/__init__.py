"""The key custodian as a process of its own: protocol, server and client
(docs/formats/custodian.md)."""
