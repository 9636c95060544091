"""A good use of Splink 5 on the same files. Runs in the environment of bench/accuracy.

    python -m bench.speed.peer FOLDER        reads people.csv and questions.csv, writes splink.csv
    (request_id, weight): the questions that it would confirm

It is used as somebody would who knows the question: is this person at this address?

    candidates   rows of the register at the house number and unit that the question names, in its
                 ZIP, or in its street and city: no others are compared
    columns      given, middle and family name (Jaro-Winkler, frequencies of family and given names),
                 suffix, date of birth, street
    m            from rows of one tax number in the register, which are one person
    u            from random pairs
    a yes        the best candidate of a question has a match weight of at least `LEAST`

DuckDB uses all cores. One line of JSON is printed: {"seconds", "cpu", "found"}.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SEED = 1
LEAST = 20.0
_LEARNED_FROM = 500_000
_PARTS = """
select {id} as unique_id, nullif(upper(given_name), '') as given_name, nullif(upper(middle_name), '') as middle_name,
    nullif(upper(family_name), '') as family_name, coalesce(upper(suffix), '') as suffix, nullif(date_of_birth, '') as date_of_birth,
    split_part(upper(line1), ' ', 1) as number, substr(upper(line1), length(split_part(line1, ' ', 1)) + 2) as street,
    coalesce(upper(line2), '') as unit, upper(city) as city, zip, {tin} as tin
from read_csv('{path}', all_varchar = true, header = true)
"""


def main(folder: Path) -> dict[str, Any]:
    """Read, learn, compare, write."""
    started = time.perf_counter()
    connection = duckdb.connect()
    tables = (
        ("questions", "request_id", "cast(null as varchar)"),
        ("people", "record_ref || '-' || taxable_period", "nullif(tin, '')"),
    )
    for name, key, tin in tables:
        path = folder / f"{name}.csv"
        connection.execute(
            f"create table the_{name} as {_PARTS.format(id=key, tin=tin, path=path)}"
        )
    learned = _learned(connection)
    linker = _linker(connection, learned, "questions", "people")
    found = linker.inference.predict(threshold_match_weight=LEAST)
    asked = "case when source_dataset_l = 'questions' then unique_id_l else unique_id_r end"
    connection.execute(
        f"copy (select {asked} as request_id, max(match_weight) as weight "
        f"from {found.physical_name} group by 1) to '{folder / 'splink.csv'}' (header)"
    )
    [(count,)] = connection.execute(
        f"select count(distinct {asked}) from {found.physical_name}"
    ).fetchall()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "found": {"confirmed": count},
    }


def _learned(connection: Any) -> dict[str, Any]:
    """The model, learned from rows of the register."""
    connection.execute(
        f"create table the_learned as select * from the_people limit {_LEARNED_FROM}"
    )
    linker = _linker(connection, _settings("dedupe_only"), "learned")
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=SEED)
    linker.training.estimate_m_from_label_column("tin")
    learned: dict[str, Any] = linker.misc.save_model_to_json()
    return learned | {"link_type": "link_only"}


def _linker(connection: Any, settings: Any, *names: str) -> Any:
    api = DuckDBAPI(connection=connection)
    frames = [
        api.register(connection.table(f"the_{name}"), dataset_display_name=name) for name in names
    ]
    return Linker(frames if len(frames) > 1 else frames[0], settings, log_level=40)


def _settings(link_type: Any) -> SettingsCreator:
    return SettingsCreator(
        link_type=link_type,
        probability_two_random_records_match=1 / 4,  # of people at one home
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.ExactMatch("middle_name"),
            cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
            cl.ExactMatch("suffix"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            cl.JaroWinklerAtThresholds("street", [0.92]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("number", "unit", "zip"),
            block_on("number", "unit", "street", "city"),
        ],
    )


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
