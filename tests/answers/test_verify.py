"""The requester's check: each statement fails alone, with its own code, when what it says is not
so."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.answers.envelope import Cited
from counterfoil.answers.rows import render_rows
from counterfoil.answers.verify import verify_answer
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, InputFault, VerifyFault
from counterfoil.core.values import Answer, Outcome
from counterfoil.tlog.note import Signer
from tests.answers.answers import (
    ANSWERS,
    DIGEST,
    HOLDER,
    KEY,
    ON,
    OTHER_KEY,
    VKEY,
    entry_bytes,
    envelope_of,
    facts,
    ledger_proof,
    open_parts,
    resign,
    rows_bytes,
    sign_parts,
    write_released,
)

FORMS = pytest.mark.parametrize("form", ["jsonl", "csv"])


def _refused(path: Path, vkey: str = VKEY) -> str:
    with pytest.raises(VerifyFault) as fault:
        verify_answer(path, vkey, ON)
    return fault.value.code


@FORMS
def test_a_released_file_gives_seven_statements_that_hold(tmp_path: Path, form) -> None:
    statements = verify_answer(write_released(tmp_path, form), VKEY, ON)
    assert [(s.number, s.holds) for s in statements] == [(number, True) for number in range(1, 8)]
    assert "1 confirmed, 1 not_confirmed, 1 refused, 1 not_compared" in statements[2].text


@pytest.mark.parametrize(("on", "holds"), [(date(2026, 5, 31), True), (date(2026, 6, 1), False)])
def test_7_an_expiry_that_has_passed_is_stated_not_raised(
    tmp_path: Path, on: date, holds: bool
) -> None:
    statements = verify_answer(write_released(tmp_path), VKEY, on)
    assert [s.number for s in statements if not s.holds] == ([] if holds else [7])


def test_no_answers_at_all_is_a_file_that_verifies(tmp_path: Path) -> None:
    for form in ("jsonl", "csv"):
        rows = b"".join(render_rows([], form))
        path = write_released(tmp_path, form, rows_digest=canonical.digest(rows), row_count=0)
        path.write_bytes(rows)
        assert len(verify_answer(path, VKEY, ON)) == 7


# -- 1 the envelope --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificates", "told"),
    [
        ({}, "certified none."),
        ({"names": Cited(DIGEST, 1)}, f"certified names to 1.0e-12 by {DIGEST}."),
        (
            {"birth": Cited(DIGEST, 10_000_000), "names": Cited(DIGEST, 5 * 10**11)},
            f"certified birth to 1.0e-05 by {DIGEST}, names to 5.0e-01 by {DIGEST}.",
        ),
    ],
)
def test_6_the_certificates_that_governed_are_told(
    tmp_path: Path, certificates: dict[str, Cited], told: str
) -> None:
    statements = verify_answer(write_released(tmp_path, certificates=certificates), VKEY, ON)
    assert statements[5].text.endswith(told)


def test_6_another_certificate_than_the_entry_commits_to_is_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    resign(path, certificates={})
    assert _refused(path) == "answer_entry"


def test_1_another_holders_key_is_refused(tmp_path: Path) -> None:
    assert (
        _refused(write_released(tmp_path), str(Signer(HOLDER.name, OTHER_KEY).verifier))
        == "envelope_key"
    )


def test_1_a_signature_by_another_key_under_the_holders_name_is_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    header, payload = open_parts(path)
    sign_parts(path, canonical.encode(header), canonical.encode(payload), OTHER_KEY)
    assert _refused(path) == "envelope_signature"


def test_1_a_verifier_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert _refused(write_released(tmp_path), "not a key") == "vkey_malformed"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_1_any_one_altered_character_of_the_envelope_is_refused(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = write_released(tmp_path)
    envelope = bytearray(envelope_of(path).read_bytes())
    position = data.draw(st.integers(0, len(envelope) - 1))
    envelope[position] = data.draw(
        st.sampled_from([b for b in b"Aa0-_.=" if b != envelope[position]])
    )
    envelope_of(path).write_bytes(bytes(envelope))
    assert _refused(path) in {
        "envelope_malformed",
        "envelope_header",
        "envelope_key",
        "envelope_format",
        "envelope_signature",
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_1_a_truncated_envelope_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = write_released(tmp_path)
    envelope = envelope_of(path).read_bytes()
    envelope_of(path).write_bytes(envelope[: data.draw(st.integers(0, len(envelope) - 1))])
    assert _refused(path) in {"envelope_malformed", "envelope_signature"}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_1_bytes_that_are_no_envelope_are_a_stated_fault(tmp_path: Path, data: bytes) -> None:
    path = write_released(tmp_path)
    envelope_of(path).write_bytes(data)
    assert _refused(path) == "envelope_malformed"


@pytest.mark.parametrize("ending", [b"\n", b".", b" ", b"="])
def test_1_nothing_may_follow_the_envelope(tmp_path: Path, ending: bytes) -> None:
    path = write_released(tmp_path)
    envelope_of(path).write_bytes(envelope_of(path).read_bytes() + ending)
    assert _refused(path) == "envelope_malformed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"alg": "none"}, "envelope_header"),
        ({"alg": "Ed25519"}, "envelope_header"),
        ({"alg": "eddsa"}, "envelope_header"),
        ({"alg": "HS256"}, "envelope_header"),
        ({"crit": ["b64"], "b64": False}, "envelope_header"),
        ({"jwk": {"kty": "OKP"}}, "envelope_header"),
        ({"typ": "counterfoil-answer-2"}, "envelope_format"),
        ({"kid": "other+00000000"}, "envelope_key"),
    ],
)
def test_1_another_header_is_refused_even_where_it_is_signed(
    tmp_path: Path, changes: dict, code: str
) -> None:
    path = write_released(tmp_path)
    header, payload = open_parts(path)
    sign_parts(path, canonical.encode(header | changes), canonical.encode(payload))
    assert _refused(path) == code


def test_1_a_header_without_an_algorithm_is_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    header, payload = open_parts(path)
    del header["alg"]
    sign_parts(path, canonical.encode(header), canonical.encode(payload))
    assert _refused(path) == "envelope_header"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'{"a":1}\n',
        b'{"a":1,"a":1}',
        b'{"b":1, "a":2}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b"\xff",
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_1_a_payload_that_is_not_one_canonical_object_is_refused(
    tmp_path: Path, payload: bytes
) -> None:
    path = write_released(tmp_path)
    header, _ = open_parts(path)
    sign_parts(path, canonical.encode(header), payload)
    assert _refused(path) == "envelope_malformed"


CITED = {"certificate": DIGEST, "limit": 10_000_000}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agreement", ""),
        ("agreement_digest", "sha256:00"),
        ("batch", 7),
        ("expires_on", "2026-02-30"),
        ("expires_on", "20260301"),
        ("office", None),
        ("register_snapshot", []),
        ("released_at", "2026-03-02T14:05:00+00:00"),
        ("released_at", "2026-13-02T14:05:00Z"),
        ("request_file_digest", "md5:00"),
        ("row_count", -1),
        ("row_count", True),
        ("row_count", "4"),
        ("rows_digest", 3),
        ("rows_format", "xlsx"),
        ("rules_digest", DIGEST.upper()),
        ("salt", "AAAA"),
        ("salt", "!"),
        ("salt", 4),
        ("use_limits", []),
        ("use_limits", "one"),
        ("use_limits", [""]),
        ("certificates", None),
        ("certificates", [DIGEST]),
        ("certificates", {"tin": CITED}),
        ("certificates", {"birth": DIGEST}),
        ("certificates", {"birth": {"certificate": DIGEST}}),
        ("certificates", {"birth": CITED | {"limit": 0}}),
        ("certificates", {"birth": CITED | {"limit": 10**12}}),
        ("certificates", {"birth": CITED | {"limit": True}}),
        ("certificates", {"birth": CITED | {"certificate": "sha256:00"}}),
        ("certificates", {"birth": CITED | {"more": 1}}),
        ("ledger", {}),
        ("ledger", None),
        ("surplus", 1),
    ],
)
def test_1_a_field_that_has_not_its_form_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    path = write_released(tmp_path)
    resign(path, **{field: value})
    assert _refused(path) == "envelope_fields"


@pytest.mark.parametrize(
    ("field", "value"),
    [("index", "1"), ("index", -1), ("entry", "!"), ("proof", ""), ("origin", 1)],
)
def test_1_a_ledger_field_that_has_not_its_form_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    path = write_released(tmp_path)
    resign(path, ledger=open_parts(path)[1]["ledger"] | {field: value})
    assert _refused(path) == "envelope_fields"


def test_1_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    resign(path, format="counterfoil-answer-2")
    assert _refused(path) == "envelope_format"


def test_1_an_envelope_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    resign(path, agreement="a" * 300_000)
    assert _refused(path) == "envelope_malformed"


# -- 2 and 3 the rows ------------------------------------------------------------------------


@FORMS
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_2_any_one_altered_bit_of_the_rows_is_refused(
    tmp_path: Path, form, data: st.DataObject
) -> None:
    path = write_released(tmp_path, form)
    rows = bytearray(path.read_bytes())
    rows[data.draw(st.integers(0, len(rows) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(rows))
    assert _refused(path) == "rows_digest"


@FORMS
@pytest.mark.parametrize(
    "change", [lambda r: r[:-1], lambda r: r + b"\n", lambda _: b"", lambda r: r[len(r) // 2 :]]
)
def test_2_rows_cut_or_lengthened_are_refused(
    tmp_path: Path, form, change: Callable[[bytes], bytes]
) -> None:
    path = write_released(tmp_path, form)
    path.write_bytes(change(path.read_bytes()))
    assert _refused(path) == "rows_digest"


def test_2_the_rows_of_another_release_are_refused(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    path.write_bytes(rows_bytes(answers=ANSWERS[::-1]))
    assert _refused(path) == "rows_digest"


def _signed_rows(folder: Path, form, rows: bytes, row_count: int = 1) -> Path:
    """Rows of any form under a good envelope: what a holder that errs or lies could send."""
    path = write_released(folder, form, rows_digest=canonical.digest(rows), row_count=row_count)
    path.write_bytes(rows)
    return path


@pytest.mark.parametrize(
    "row",
    [
        b'{"request_id":"q1","answer":"confirmed","codes":[],"zip":"98101"}\n',
        b'{"request_id":"q1","answer":"not_confirmed","codes":["no_record"]}\n',
        b'{"request_id":"q1","answer":"confirmed","codes":["exact"]}\n',
        b'{"request_id":"q1","answer":"maybe","codes":[]}\n',
        b'{"request_id":"q1","answer":"refused","codes":[]}\n',
        b'{"request_id":"q1","answer":"refused","codes":["1847 Heron Lake Rd"]}\n',
        b'{"request_id":"q1","answer":"refused","codes":"period"}\n',
        b'{"request_id":"q1","answer":"refused","codes":[1]}\n',
        b'{"request_id":"q1","answer":"not_compared","codes":["a","b"]}\n',
        b'{"request_id":"q1","answer":"not_compared","codes":[]}\n',
        b'{"request_id":"","answer":"confirmed","codes":[]}\n',
        b'{"request_id":7,"answer":"confirmed","codes":[]}\n',
        b'{"request_id":"q1","answer":["confirmed"],"codes":[]}\n',
        b'{"request_id":"q1","answer":"confirmed"}\n',
        b'{"answer":"confirmed","request_id":"q1","codes":[]}\n',
        b'{"request_id": "q1","answer":"confirmed","codes":[]}\n',
        b'{"request_id":"\\u00711","answer":"confirmed","codes":[]}\n',
        b'{"request_id":"q1","answer":"confirmed","codes":[]}',
        b'{"request_id":"q1","answer":"confirmed","codes":[]}\r\n',
        b'["q1","confirmed",[]]\n',
        b"\n",
        b"\xff\n",
        b"[" * 70_000 + b"\n",
    ],
)
def test_3_P1_a_row_that_says_anything_else_is_refused(tmp_path: Path, row: bytes) -> None:
    assert _refused(_signed_rows(tmp_path, "jsonl", row)) == "rows_shape"


@pytest.mark.parametrize(
    "row",
    [
        b"q1,confirmed,,98101\r\n",
        b"q1,confirmed\r\n",
        b"q1,confirmed,\n",
        b"q1,confirmed,exact\r\n",
        b"q1,maybe,\r\n",
        b"\r\n",
        b'"q1",confirmed,\r\n',
        b'"q1,confirmed,\r\n',
        b",confirmed,\r\n",
        b"q1,refused,\r\n",
        b"q1,refused,a;;b\r\n",
        b" q1, confirmed,\r\n",
    ],
)
def test_3_P1_a_csv_row_that_says_anything_else_is_refused(tmp_path: Path, row: bytes) -> None:
    assert (
        _refused(_signed_rows(tmp_path, "csv", b"request_id,answer,codes\r\n" + row))
        == "rows_shape"
    )


@pytest.mark.parametrize(
    "rows",
    [b"", b"request_id,answer,codes\n", b"request_id,answer,codes,zip\r\n", b"q1,confirmed,\r\n"],
)
def test_3_a_csv_without_its_header_is_refused(tmp_path: Path, rows: bytes) -> None:
    assert _refused(_signed_rows(tmp_path, "csv", rows, 0)) == "rows_shape"


def test_3_the_fault_names_the_row_and_not_what_it_holds(tmp_path: Path) -> None:
    rows = rows_bytes() + b'{"request_id":"Heron","answer":"Lake","codes":[]}\n'
    with pytest.raises(VerifyFault) as fault:
        verify_answer(_signed_rows(tmp_path, "jsonl", rows), VKEY, ON)
    assert (
        fault.value.place == "FILE, row 5"
        and "Heron" not in str(fault.value)
        and "Lake" not in str(fault.value)
    )


@FORMS
@pytest.mark.parametrize("count", [3, 5])
def test_3_another_number_of_rows_is_refused(tmp_path: Path, form, count: int) -> None:
    assert _refused(write_released(tmp_path, form, row_count=count)) == "rows_count"


@FORMS
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True), max_size=6))
def test_3_every_row_that_is_rendered_is_read(tmp_path: Path, form, ids: list[str]) -> None:
    rows = b"".join(
        render_rows([Answer(request_id, Outcome.REFUSED, ("period",)) for request_id in ids], form)
    )
    assert verify_answer(_signed_rows(tmp_path, form, rows, len(ids)), VKEY, ON)[2].holds


# -- 4, 5 and 6 the ledger -------------------------------------------------------------------


def _with_ledger(folder: Path, **changes: object) -> Path:
    path = write_released(folder)
    resign(path, ledger=open_parts(path)[1]["ledger"] | changes)
    return path


def test_4_a_checkpoint_that_another_signed_is_refused(tmp_path: Path) -> None:
    forged = ledger_proof(entry_bytes(facts(rows_bytes())), Signer(HOLDER.name, OTHER_KEY))
    assert _refused(write_released(tmp_path, ledger=forged)) == "note_unsigned"


def test_4_a_checkpoint_whose_signature_was_altered_is_refused(tmp_path: Path) -> None:
    proof = ledger_proof(entry_bytes(facts(rows_bytes()))).proof
    assert (
        _refused(_with_ledger(tmp_path, proof=proof.replace("\n2\n", "\n3\n"))) == "note_signature"
    )


@pytest.mark.parametrize(
    "changes",
    [{"ledger": None, "office": "another.gov/office"}, {"ledger": "another.gov/office"}],
    ids=["office", "origin"],
)
def test_4_the_ledger_of_another_office_is_refused(tmp_path: Path, changes: dict) -> None:
    path = write_released(tmp_path)
    ledger = open_parts(path)[1]["ledger"]
    if changes["ledger"]:
        resign(path, ledger=ledger | {"origin": changes["ledger"]})
    else:
        resign(path, office=changes["office"])
    assert _refused(path) == "answer_origin"


def test_4_a_checkpoint_of_another_log_of_the_same_key_is_refused(tmp_path: Path) -> None:
    other = ledger_proof(entry_bytes(facts(rows_bytes())), Signer("another.gov/office", KEY))
    assert _refused(write_released(tmp_path, ledger=other)) == "note_unsigned"


@pytest.mark.parametrize(
    "proof",
    ["no proof", "c2sp.org/tlog-proof@v2\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\n"],
)
def test_4_a_proof_that_cannot_be_read_is_refused(tmp_path: Path, proof: str) -> None:
    assert _refused(_with_ledger(tmp_path, proof=proof)) in {"proof_malformed", "note_malformed"}


def test_5_an_entry_that_is_not_in_the_tree_is_refused(tmp_path: Path) -> None:
    entry = entry_bytes(facts(rows_bytes()), count=2)
    assert _refused(_with_ledger(tmp_path, entry=b64encode(entry).decode())) == "proof_inclusion"


def test_5_an_altered_proof_is_refused(tmp_path: Path) -> None:
    lines = ledger_proof(entry_bytes(facts(rows_bytes()))).proof.split("\n")
    lines[2] = b64encode(bytes(32)).decode()
    assert _refused(_with_ledger(tmp_path, proof="\n".join(lines))) == "proof_inclusion"


def test_5_a_proof_of_another_index_than_stated_is_refused(tmp_path: Path) -> None:
    assert _refused(_with_ledger(tmp_path, index=0)) == "answer_entry"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "review"},
        {"v": 2},
        {"answers": DIGEST},
        {"batch": "b-ffffffffffff"},
        {"time": "2026-03-02T14:05:01Z"},
        {"rows": 5},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_6_an_entry_that_says_something_else_is_refused(tmp_path: Path, changes: dict) -> None:
    entry = entry_bytes(facts(rows_bytes()), **changes)
    assert _refused(write_released(tmp_path, ledger=ledger_proof(entry))) == "answer_entry"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agreement", "another"),
        ("agreement_digest", "sha256:" + "00" * 32),
        ("register_snapshot", "snapshot-2"),
        ("rules_digest", "sha256:" + "00" * 32),
        ("request_file_digest", "sha256:" + "00" * 32),
        ("expires_on", "2036-05-31"),
        ("salt", b64encode(b"\x04" * 32).decode()),
    ],
)
def test_6_an_envelope_that_says_other_than_the_entry_commits_to_is_refused(
    tmp_path: Path, field: str, value: str
) -> None:
    path = write_released(tmp_path)
    resign(path, **{field: value})
    assert _refused(path) == "answer_entry"


def test_6_an_entry_that_is_no_object_is_refused(tmp_path: Path) -> None:
    assert (
        _refused(write_released(tmp_path, ledger=ledger_proof(b"not an entry")))
        == "envelope_malformed"
    )


# -- files, and what the verifier needs ------------------------------------------------------


@pytest.mark.parametrize("missing", ["rows", "envelope"])
def test_a_missing_file_is_a_stated_fault(tmp_path: Path, missing: str) -> None:
    path = write_released(tmp_path)
    (path if missing == "rows" else envelope_of(path)).unlink()
    with pytest.raises(InputFault) as fault:
        verify_answer(path, VKEY, ON)
    assert fault.value.code == "answer_unreadable"


def test_every_fault_has_a_cure_and_a_place(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(CounterfoilError) as fault:
        verify_answer(path, VKEY, ON)
    assert fault.value.cure and fault.value.place


def test_the_verifier_runs_on_the_standard_library_and_cryptography(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    program = """
import sys, datetime, pathlib
from counterfoil.answers.verify import verify_answer
print([s.holds for s in verify_answer(pathlib.Path(sys.argv[1]), sys.argv[2], datetime.date(2026, 3, 2))])
ours = {"counterfoil", "cryptography", "__main__", "_cffi_backend", "sitecustomize", "usercustomize"}
outside = {n.partition(".")[0] for n in sys.modules if "site-packages" in (getattr(sys.modules[n], "__file__", "") or "")}
print(sorted(n for n in outside - ours if not n.startswith(("_", "__editable"))))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(path), VKEY],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [str([True] * 7), "[]"]


def test_json_of_a_row_is_the_form_that_the_writer_makes() -> None:
    for answer in ANSWERS:
        row = {
            "request_id": answer.request_id,
            "answer": answer.answer.value,
            "codes": list(answer.codes),
        }
        assert (
            b"".join(render_rows([answer], "jsonl"))
            == json.dumps(row, separators=(",", ":")).encode() + b"\n"
        )
