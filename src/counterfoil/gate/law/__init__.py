"""Law as data: statutes, agreements, routes, cases; loaded, validated, signed, published."""
