"""Splink on one task: every question's best match weight. Runs in the bench's own environment.

    python -m bench.accuracy.peer DIR        reads people.csv and questions.csv, writes
    DIR/splink.csv (request_id, weight)

Both files are cleaned alike: upper case, empty cells as null, line 1 cut at its first blank where
it begins with a digit, so that number and street are compared apart. Model: link_only, DuckDB.

    given and family name   NameComparison (Jaro-Winkler 0.92, 0.88, 0.7), term frequencies
    middle name             exact, term frequencies
    date of birth           DateOfBirthComparison, where the task has it
    number, unit, ZIP       exact, else Levenshtein 1; street: exact (term frequencies),
                            Jaro-Winkler 0.92, 0.8
    blocking                number and street | number and family name | given and family name |
                            street and given name | date of birth and family name
    training                lambda from two deterministic rules at recall 0.7; u from 5 million
                            random pairs; m by expectation maximisation, blocked on given and family
                            name, then on number and street

Its answer to a question is the highest match weight among the register's rows: a yes at every
threshold up to that.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SEED = 1
_PARTS = """
select {id} as unique_id, nullif(upper(given_name), '') as given_name, nullif(upper(middle_name), '') as middle_name,
    nullif(upper(family_name), '') as family_name, nullif(date_of_birth, '') as date_of_birth,
    case when regexp_matches(line1, '^[0-9]') then split_part(upper(line1), ' ', 1) end as number,
    nullif(trim(case when regexp_matches(line1, '^[0-9]') then substr(upper(line1), length(split_part(line1, ' ', 1)) + 1)
        else upper(line1) end), '') as street,
    nullif(upper(line2), '') as unit, nullif(zip, '') as zip
from read_csv('{path}', all_varchar = true, header = true)
"""


def main() -> None:
    folder = Path(sys.argv[1])
    connection = duckdb.connect()
    for name, key in (("questions", "request_id"), ("people", "record_ref")):
        connection.execute(
            f"create table the_{name} as {_PARTS.format(id=key, path=folder / f'{name}.csv')}"
        )
    [(dated,)] = connection.execute("select count(date_of_birth) from the_questions").fetchall()
    rows = weights(connection, born=dated > 0)
    with (folder / "splink.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("request_id", "weight"))
        writer.writerows(rows)


def weights(connection: Any, *, born: bool) -> list[tuple[str, float]]:
    """(question, highest match weight) of every question for which blocking found a row."""
    api = DuckDBAPI(connection=connection)
    frames = [
        api.register(connection.table(f"the_{name}"), dataset_display_name=name)
        for name in ("questions", "people")
    ]
    linker = Linker(frames, settings(born=born), log_level=40)
    by_name, by_home = block_on("given_name", "family_name"), block_on("number", "street")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("given_name", "family_name", "number"),
            block_on("given_name", "number", "street"),
        ],
        recall=0.7,
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=SEED)
    for rule in (by_name, by_home):
        training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=-20)
    asked = "case when source_dataset_l = 'questions' then unique_id_l else unique_id_r end"
    return connection.execute(
        f"select {asked}, max(match_weight) from {found.physical_name} group by 1"
    ).fetchall()


def settings(*, born: bool) -> SettingsCreator:
    near = [cl.LevenshteinAtThresholds(name, 1) for name in ("number", "unit", "zip")]
    compared = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.ExactMatch("middle_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("street", [0.92, 0.8]).configure(
            term_frequency_adjustments=True
        ),
        *near,
    ]
    blocks = [
        ("number", "street"),
        ("number", "family_name"),
        ("given_name", "family_name"),
        ("street", "given_name"),
    ]
    if born:
        compared.append(cl.DateOfBirthComparison("date_of_birth", input_is_string=True))
        blocks.append(("date_of_birth", "family_name"))
    return SettingsCreator(
        link_type="link_only",
        comparisons=compared,
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in blocks],
    )


if __name__ == "__main__":
    main()
