"""The two HTTP doors: the gateway, which requesters reach and which holds no key, and the office,
which officers reach. They parse, call one use case, and print; `gateway.openapi.yaml` and
`office.openapi.yaml` beside them say how."""
