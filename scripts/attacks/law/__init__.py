"""Attacks on the law by its text: on who receives, what an order is, who a taxpayer is, what one
bit tells, the facts of the offence, and words that say nothing. One module an item; `GROUPS` is all
of them."""

from __future__ import annotations

from scripts.attacks.attack import Group
from scripts.attacks.law import bits, offence, orders, recipients, taxpayers, wordings

ITEMS = {
    "law-1": "Recipients who are no officers or employees of the agency that asks",
    "law-2": "Court orders that are none under 26 USC 6103(i)(1)",
    "law-3": "Two taxpayers in a row",
    "law-4": "One bit tells more: dates, years and numbers that are tried",
    "law-5": "Facts of 8 USC 1253(a)(1) that are missing or not of the offence",
    "law-6": "Reasons, facts, officers, names and numbers that say nothing in lawful words",
}
"""What each item is about."""
GROUPS: tuple[Group, ...] = (
    *recipients.GROUPS,
    *orders.GROUPS,
    *taxpayers.GROUPS,
    *bits.GROUPS,
    *offence.GROUPS,
    *wordings.GROUPS,
)
