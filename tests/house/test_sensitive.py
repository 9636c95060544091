"""P1 begins with the data: what speaks of a person cannot be printed."""

from __future__ import annotations

import inspect

import pytest

from counterfoil import model

SENSITIVE = [kind for _, kind in inspect.getmembers(model, inspect.isclass) if issubclass(kind, model.Sensitive)]


@pytest.mark.parametrize("kind", SENSITIVE, ids=lambda kind: kind.__name__)
def test_p1_a_sensitive_value_prints_its_type_only(kind: type[model.Sensitive]) -> None:
    assert kind.__repr__ is model.Sensitive.__repr__
    assert kind.__str__ is model.Sensitive.__str__


def test_p1_a_request_hides_every_value() -> None:
    request = model.Request(
        "r1", 1, model.Person("Ada", "", "Quill"), model.Address("12 Elm St", "", "Anytown", "WA", "98000")
    )
    assert f"{request} {request!r} {[request.person, request.address]}" == (
        "<Request: hidden> <Request: hidden> [<Person: hidden>, <Address: hidden>]"
    )
