"""What a requester may write differently and still be understood, and what not."""

from __future__ import annotations

from tests.world.office import World
from tests.world.people import person, request

HOME = "4410 Saltmarsh Rd"


def test_a_home_is_found_by_each_name_of_its_city_where_the_zip_is_wrong(world: World) -> None:
    world.build(
        [
            person("a", "Marisol", "Quintanilla", HOME, tin="900-00-2001", city="Anytown"),
            person("b", "Teodoro", "Vandermolen", HOME, tin="900-00-2002", city="Westhaven"),
        ]
    )
    asked = [
        request(1, "Marisol", "Quintanilla", HOME, city="Anytown", zip="98133"),
        request(2, "Marisol", "Quintanilla", HOME, city="Westhaven", zip="98133"),
        request(3, "Marisol", "Quintanilla", HOME, city="Elsewhere", zip="98133"),
    ]
    assert [row["answer"] for row in world.answer(asked)] == [
        "confirmed",
        "confirmed",
        "not_confirmed",
    ]
