"""Splink as somebody would use it who knows the question: is this person at this address? Runs in
the bench's own environment.

    python -m bench.accuracy.peer_at_home DIR       reads people.csv and questions.csv, writes
    DIR/splink-at-home.csv (request_id, weight)

    candidates   rows of the register at the house number and unit that the question names: no
                 others are compared
    columns      given and family name (Jaro-Winkler, term frequencies), middle initial, street
                 (Jaro-Winkler), ZIP (exact, one edit), date of birth where the task has it
    m            from pairs of rows of one tax number in the register, which are one person
    u            from pairs of rows of different tax numbers at one home of the register: the other
                 hypothesis is another resident. Splink has no such training; the shares of levels
                 among these pairs are those that it trains as m from labels of them

The answer is the best match weight; the threshold is chosen by the page with hindsight.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEAST = -30.0
_PARTS = """
select {id} as unique_id, nullif(upper(given_name), '') as given_name,
    nullif(left(upper(middle_name), 1), '') as middle_name,
    nullif(upper(family_name), '') as family_name,
    nullif(date_of_birth, '') as date_of_birth,
    case when regexp_matches(line1, '^[0-9]') then split_part(upper(line1), ' ', 1) end as number,
    substr(upper(line1), length(split_part(line1, ' ', 1)) + 2) as street,
    coalesce(upper(line2), '') as unit, nullif(zip, '') as zip, {tin} as tin
from read_csv('{path}', all_varchar = true, header = true)
"""
_AT_ONE_HOME = """
select 'people' as source_dataset_l, l.unique_id as unique_id_l,
    'people' as source_dataset_r, r.unique_id as unique_id_r, 1.0 as clerical_match_score
from the_people l join the_people r
    on l.number = r.number and l.street = r.street and l.unit = r.unit and l.zip = r.zip
where l.unique_id < r.unique_id and l.tin is not null and r.tin is not null and l.tin <> r.tin
"""


def main(folder: Path) -> None:
    connection = duckdb.connect()
    for name, key, tin in (
        ("questions", "request_id", "cast(null as varchar)"),
        ("people", "record_ref", "nullif(tin, '')"),
    ):
        query = _PARTS.format(id=key, tin=tin, path=folder / f"{name}.csv")
        connection.execute(f"create table the_{name} as {query}")
    [(dated,)] = connection.execute("select count(date_of_birth) from the_questions").fetchall()
    model = learned(connection, born=dated > 0)
    linker = _linker(connection, model, questions="questions", people="people")
    found = linker.inference.predict(threshold_match_weight=LEAST)
    asked = "case when source_dataset_l = 'questions' then unique_id_l else unique_id_r end"
    rows = connection.execute(
        f"select {asked}, max(match_weight) from {found.physical_name} group by 1"
    ).fetchall()
    with (folder / "splink-at-home.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("request_id", "weight"))
        writer.writerows(rows)


def learned(connection: Any, *, born: bool) -> dict[str, Any]:
    """The model: m from pairs of one tax number, u from pairs at one home."""
    same = _linker(connection, _settings("dedupe_only", born=born), people="same")
    same.training.estimate_m_from_label_column("tin")
    model: dict[str, Any] = same.misc.save_model_to_json()
    connection.execute(f"create table the_labels as {_AT_ONE_HOME}")
    others = _linker(connection, _settings("dedupe_only", born=born), people="others")
    api = others._db_api
    labels = api.register(connection.table("the_labels"), dataset_display_name="labels")
    others.training.estimate_m_from_pairwise_labels(labels)
    by_chance = others.misc.save_model_to_json()
    for one, two in zip(model["comparisons"], by_chance["comparisons"], strict=True):
        for level, other in zip(one["comparison_levels"], two["comparison_levels"], strict=True):
            if "m_probability" in other:
                level["u_probability"] = other["m_probability"]
    return model | {"link_type": "link_only"}


def _linker(connection: Any, settings: Any, **names: str) -> Any:
    """A linker of tables, each under a name of its own, as Splink demands."""
    api = DuckDBAPI(connection=connection)
    frames = [
        api.register(connection.table(f"the_{table}"), dataset_display_name=name)
        for table, name in names.items()
    ]
    return Linker(frames if len(frames) > 1 else frames[0], settings, log_level=40)


def _settings(link_type: Any, *, born: bool) -> SettingsCreator:
    compared = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.ExactMatch("middle_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("street", [0.92, 0.8]),
        cl.LevenshteinAtThresholds("zip", 1),
    ]
    if born:
        compared.append(cl.DateOfBirthComparison("date_of_birth", input_is_string=True))
    return SettingsCreator(
        link_type=link_type,
        probability_two_random_records_match=1 / 4,  # of people at one home
        comparisons=compared,
        blocking_rules_to_generate_predictions=[block_on("number", "unit")],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
