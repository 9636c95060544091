"""P1 begins with the data: what speaks of a person cannot be printed."""

from __future__ import annotations

import inspect

import pytest

from counterfoil.core import values

SENSITIVE = [
    kind
    for _, kind in inspect.getmembers(values, inspect.isclass)
    if issubclass(kind, values.Sensitive)
]


@pytest.mark.parametrize("kind", SENSITIVE, ids=lambda kind: kind.__name__)
def test_p1_a_sensitive_value_prints_its_type_only(kind: type[values.Sensitive]) -> None:
    assert kind.__repr__ is values.Sensitive.__repr__
    assert kind.__str__ is values.Sensitive.__str__


def test_p1_a_request_hides_every_value() -> None:
    request = values.Request(
        "r1",
        1,
        values.Person("Ada", "", "Quill"),
        values.Address("12 Elm St", "", "Anytown", "WA", "98000"),
    )
    assert f"{request} {request!r} {[request.person, request.address]}" == (
        "<Request: hidden> <Request: hidden> [<Person: hidden>, <Address: hidden>]"
    )
