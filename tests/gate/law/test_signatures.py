"""An agreement is in force while both parties' signatures hold, and no change of its terms survives
them."""

from __future__ import annotations

import shutil
from base64 import b64decode
from pathlib import Path

import msgspec
import pytest

from counterfoil.core import keyfile
from counterfoil.core.errors import GateFault, SettingsFault, StoreFault
from counterfoil.gate import load_law, require_signed
from counterfoil.gate.law.agreement import Agreement, Signature
from counterfoil.gate.law.clauses import clauses_of, terms_digest
from counterfoil.gate.law.schema import read_law_file
from counterfoil.gate.law.signatures import (
    PARTIES,
    PartyName,
    check_signed_digest,
    sign_agreement,
    signed_bytes,
    unsigned_parties,
    write_signature,
)
from counterfoil.tlog import Signer
from tests.cli.desk import command, secret
from tests.gate.world import LIBRARY, sandbox
from tests.world.faults import assert_as_documented, expect_fault
from tests.world.people import REQUESTS, write_csv

SAYS = ("--requester", "dhs", "--agreement", "treasury-dhs-2025", "--principal", "dhs-secretary")


def _signer(party: str, fill: int = 0) -> Signer:
    return Signer(f"made-up-{party}", keyfile.signing_key(bytes([fill or len(party)]) * 32))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(LIBRARY / "agreements" / "treasury-dhs-2025.yaml", tmp_path))


def _sign(file: Path, party: PartyName, signer: Signer | None = None) -> None:
    agreement = read_law_file(file, Agreement)
    write_signature(
        file, agreement, party, sign_agreement(agreement, party, signer or _signer(party))
    )


def _loaded(file: Path) -> Agreement:
    return load_law(LIBRARY, file).agreement


def _fault(file: Path) -> tuple[str, str]:
    with pytest.raises(SettingsFault) as raised:
        _loaded(file)
    assert raised.value.place.startswith("agreement treasury-dhs-2025: signatures")
    assert_as_documented(raised.value)
    return raised.value.code, raised.value.place.rpartition(".")[2]


@pytest.mark.parametrize("order", [PARTIES, PARTIES[::-1]])
def test_signed_by_both_in_either_order_it_is_in_force(
    file: Path, order: tuple[PartyName, ...]
) -> None:
    for party in order:
        _sign(file, party)
    require_signed(_loaded(file))
    assert unsigned_parties(_loaded(file)) == ()


@pytest.mark.parametrize("signed", [(), ("holder",), ("requester",)])
def test_p10_unsigned_or_once_signed_it_is_not_in_force(
    file: Path, signed: tuple[PartyName, ...]
) -> None:
    for party in signed:
        _sign(file, party)
    missing = " and its ".join(party for party in PARTIES if party not in signed)
    with expect_fault(
        GateFault, "agreement_not_signed", "agreement treasury-dhs-2025: signatures"
    ) as raised:
        require_signed(_loaded(file))
    assert (
        raised.value.message
        == f"the agreement is not signed by its {missing}, so it is not in force"
    )


def test_a_sandbox_needs_no_signature() -> None:
    assert unsigned_parties(sandbox().agreement) == PARTIES
    require_signed(sandbox().agreement)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("batch_rows: 500", "batch_rows: 500000"),
        ("key: null", 'key: "someone+00000000+AAAA"'),
        ("to: 2026-04-06", "to: 2027-04-06"),
        ("sandbox: false", "sandbox: true"),
        ("made-up-holder", "made-up-other"),
    ],
)
def test_p10_any_change_of_what_was_signed_refuses_the_law(file: Path, old: str, new: str) -> None:
    for party in PARTIES:
        _sign(file, party)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert _fault(file) == ("law_signature", "holder")


def test_a_comment_is_no_change_and_stays(file: Path) -> None:
    before = [
        line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")
    ]
    for party in PARTIES:
        _sign(file, party)
    text = file.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == before
    file.write_text("# signed by both\n" + text, encoding="utf-8")
    require_signed(_loaded(file))


def test_p10_one_partys_signature_is_not_the_others(file: Path) -> None:
    agreement = read_law_file(file, Agreement)
    signature = sign_agreement(agreement, "holder", _signer("holder"))
    write_signature(file, agreement, "requester", signature)
    assert _fault(file) == ("law_signature", "requester")


def test_p10_one_key_cannot_sign_for_both(file: Path) -> None:
    for party in PARTIES:
        _sign(file, party, _signer(party, 7))
    assert _fault(file)[0] == "law_signature_same"


def test_p10_a_signature_that_is_none_refuses(file: Path) -> None:
    _sign(file, "holder")
    text = file.read_text(encoding="utf-8")
    start = text.index('signature: "') + len('signature: "')
    file.write_text(text[:start] + "?" + text[start + 1 :], encoding="utf-8")
    assert _fault(file) == ("law_signature", "holder")


def test_signing_anew_replaces_a_signature_that_has_ended(file: Path) -> None:
    for party in PARTIES:
        _sign(file, party)
    file.write_text(
        file.read_text(encoding="utf-8").replace("batch_rows: 500", "batch_rows: 400"),
        encoding="utf-8",
    )
    for party in PARTIES:
        _sign(file, party)
    require_signed(_loaded(file))
    assert _loaded(file).limits.batch_rows == 400


def test_a_file_that_cannot_be_written_stays_as_it_was(file: Path) -> None:
    agreement = read_law_file(file, Agreement)
    signature = sign_agreement(agreement, "holder", _signer("holder"))
    with expect_fault(StoreFault, "agreement_not_written", "a.yaml") as raised:
        write_signature(file.with_name("gone") / "a.yaml", agreement, "holder", signature)
    assert raised.value.message.endswith("(FileNotFoundError)")


def test_what_is_signed_is_the_canonical_object_of_the_format() -> None:
    assert signed_bytes("sha256:00", "holder", "made-up+00000000+AAAA") == (
        b'{"agreement":"sha256:00","format":"counterfoil-agreement-signature-2","party":"holder","vkey":"made-up+00000000+AAAA"}'
    )


def test_a_signature_is_ed25519_in_standard_base64_and_gives_the_key_that_made_it() -> None:
    agreement, signer = sandbox().agreement, _signer("holder")
    signature = sign_agreement(agreement, "holder", signer)
    public = signer.private.public_key()
    assert signature.vkey == str(signer.verifier)
    assert len(b64decode(signature.signature, validate=True)) == 64
    terms = terms_digest(agreement)
    assert check_signed_digest(terms, "holder", signature, "sandbox") == public.public_bytes_raw()
    public.verify(b64decode(signature.signature), signed_bytes(terms, "holder", signature.vkey))


@pytest.mark.parametrize("noise", [" ", "\n", "="])
def test_p10_a_signature_written_with_other_signs_refuses(noise: str) -> None:
    agreement = sandbox().agreement
    signature = sign_agreement(agreement, "requester", _signer("requester"))
    written = Signature(signature.vkey, signature.signature[:4] + noise + signature.signature[4:])
    with expect_fault(
        SettingsFault, "law_signature", "agreement x: signatures.requester"
    ) as raised:
        check_signed_digest(terms_digest(agreement), "requester", written, "x")
    assert (
        raised.value.message == "the signature of the requester does not verify over this agreement"
    )


@pytest.mark.parametrize("vkey", ["x", "made-up+00000000+AAAA", ""])
def test_p10_a_key_that_is_none_refuses(vkey: str) -> None:
    agreement = sandbox().agreement
    signature = sign_agreement(agreement, "holder", _signer("holder"))
    with expect_fault(SettingsFault, "law_signature", "agreement x: signatures.holder"):
        check_signed_digest(
            terms_digest(agreement), "holder", Signature(vkey, signature.signature), "x"
        )


def test_p10_one_key_of_both_parties_is_told_for_the_agreement(file: Path) -> None:
    for party in PARTIES:
        _sign(file, party, _signer(party, 7))
    with expect_fault(
        SettingsFault, "law_signature_same", "agreement treasury-dhs-2025: signatures"
    ):
        _loaded(file)


@pytest.mark.parametrize(
    "layout",
    [
        "signatures: {holder: null, requester: null}\n",
        "signatures:\n  holder: null\n\trequester: null\n",
    ],
)
def test_a_signature_is_written_into_its_block_and_everything_else_stays(
    tmp_path: Path, layout: str
) -> None:
    agreement, path = sandbox().agreement, tmp_path / "a.yaml"
    path.write_text(f"# März\nid: a\n{layout}\n  # after\nsignatures: again\n", encoding="utf-8")
    signature = sign_agreement(agreement, "requester", _signer("requester"))
    write_signature(path, agreement, "requester", signature)
    written = f'{{vkey: "{signature.vkey}", signature: "{signature.signature}"}}'
    assert path.read_text(encoding="utf-8") == (
        f"# März\nid: a\nsignatures:\n  holder: null\n  requester: {written}\n\n  # "
        "after\nsignatures: again\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_the_other_partys_signature_is_kept(tmp_path: Path) -> None:
    first = sign_agreement(sandbox().agreement, "holder", _signer("holder"))
    agreement = msgspec.structs.replace(
        sandbox().agreement,
        signatures=msgspec.structs.replace(sandbox().agreement.signatures, holder=first),
    )
    path = tmp_path / "a.yaml"
    path.write_text("signatures: {}\n", encoding="utf-8")
    write_signature(
        path, agreement, "requester", sign_agreement(agreement, "requester", _signer("requester"))
    )
    assert (
        f'  holder: {{vkey: "{first.vkey}", signature: "{first.signature}"}}\n'
        in path.read_text(encoding="utf-8")
    )


@pytest.mark.whole
def test_the_command_line_signs_for_both_and_shows_the_keys(file: Path, tmp_path: Path) -> None:
    opens = ("--key-passphrase-file", secret(tmp_path / "p.pass"))
    vkeys = [
        command("principal", "create", party, "--keys", tmp_path, *opens).out for party in PARTIES
    ]
    for number, party in enumerate(PARTIES):
        assert command("agreement", "verify", file, "--json").error == "agreement_not_signed"
        told = command(
            "agreement", "sign", file, "--as", party, "--key", tmp_path / f"{party}.key", *opens
        )
        assert (told.code, told.out) == (0, vkeys[number])
    assert command("agreement", "verify", file).out == f"holder: {vkeys[0]}requester: {vkeys[1]}"
    wrong = command(
        "agreement",
        "sign",
        file,
        "--as",
        "witness",
        "--key",
        tmp_path / "holder.key",
        *opens,
        "--json",
    )
    assert (wrong.code, wrong.error) == (2, "party_unknown")


@pytest.mark.whole
def test_an_office_under_an_unsigned_agreement_is_made_and_receives_nothing(
    file: Path, tmp_path: Path
) -> None:
    protect = ("--key-passphrase-file", secret(tmp_path / "p.pass"))
    vkey = command("principal", "create", "dhs-secretary", "--keys", tmp_path, *protect).out.strip()
    text = file.read_text(encoding="utf-8").replace("2026-04-06", "2060-12-31")
    file.write_text(
        text.replace("key: null, papers", f'key: "{vkey}", papers', 1), encoding="utf-8"
    )
    opens = ("--passphrase-file", secret(tmp_path / "office.pass"))
    assert (
        command(
            "office",
            "create",
            tmp_path / "office",
            "--agreement",
            file,
            *opens,
            "--name",
            "ledger.example/office",
        ).code
        == 0
    )
    asked = write_csv(tmp_path / "asked.csv", REQUESTS[:1])
    assert (
        command(
            "sign-request", asked, *SAYS, "--key", tmp_path / "dhs-secretary.key", *protect
        ).code
        == 0
    )
    told = command("receive", asked, "--office", tmp_path / "office", *opens, "--json")
    assert (told.code, told.error) == (4, "agreement_not_signed")
    assert command("status", "--office", tmp_path / "office").out == "No batch has been received.\n"


def _salted_and_signed(file: Path, tmp_path: Path) -> None:
    opens = ("--key-passphrase-file", secret(tmp_path / "p.pass"))
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            "clause_salt: null", f'clause_salt: "{"5a" * 32}"'
        ),
        encoding="utf-8",
    )
    for party in PARTIES:
        assert command("principal", "create", party, "--keys", tmp_path, *opens).code == 0
        assert (
            command(
                "agreement", "sign", file, "--as", party, "--key", tmp_path / f"{party}.key", *opens
            ).code
            == 0
        )


@pytest.mark.whole
def test_the_command_line_publishes_with_clauses_hidden_and_anyone_verifies(
    file: Path, tmp_path: Path
) -> None:
    _salted_and_signed(file, tmp_path)
    published = tmp_path / "published.json"
    published.write_text(
        command("agreement", "publish", file, "--redact", "limits", "--redact", "title").out
    )
    assert "batch_rows" not in published.read_text()
    cited = load_law(LIBRARY, file).agreement_digest
    told = command("agreement", "verify", published, "--digest", cited, "--json").json
    assert told["agreement"] == cited
    assert set(told["signed"]) == set(PARTIES)
    assert len(told["hidden"]) == 1 + sum(name.startswith("limits.") for name in _paths(file))
    words = command("agreement", "verify", published)
    assert words.code == 0
    assert f"{len(told['hidden'])} hidden (in place 3," in words.out
    other = command("agreement", "verify", published, "--digest", "sha256:" + "0" * 64, "--json")
    assert (other.code, other.error) == (5, "agreement_other")
    published.write_text(published.read_text().replace("2025-04-07", "2025-04-08"))
    assert command("agreement", "verify", published, "--json").error == "publication_digest"


@pytest.mark.whole
def test_the_command_line_prints_an_sd_jwt_signed_with_the_key_it_is_given(
    file: Path, tmp_path: Path
) -> None:
    _salted_and_signed(file, tmp_path)
    key = ("--key", tmp_path / "holder.key", "--key-passphrase-file", tmp_path / "p.pass")
    told = command("agreement", "publish", file, "--redact", "limits", *key)
    assert told.code == 0
    assert told.out.count("~") == 1 + len(
        [path for path in _paths(file) if not path.startswith("limits.")]
    )


@pytest.mark.whole
def test_an_agreement_without_a_salt_is_published_whole_or_not_at_all(file: Path) -> None:
    assert (
        command("agreement", "verify", _kept(file, command("agreement", "publish", file).out)).code
        == 0
    )
    assert (
        command("agreement", "publish", file, "--redact", "limits", "--json").error
        == "agreement_no_salt"
    )
    assert (
        command("agreement", "verify", file.with_name("gone.json"), "--json").error
        == "file_unreadable"
    )


def _kept(file: Path, text: str) -> Path:
    published = file.with_suffix(".json")
    published.write_text(text)
    return published


def _paths(file: Path) -> list[str]:
    return [clause.path for clause in clauses_of(read_law_file(file, Agreement))]
