"""gate-6: limits that look at one file, or at one spelling: of a reason, of an investigation, of an
officer, and of the attempts that lock a requester out.

What the agreement allows: a reason in 20 requests, one person under an investigation, 250
requests of an officer in a year; five attempts to probe lock the requester out for four days. An
attack succeeded where more was put to the register, or where the honest file after the attempts
was not locked out. Everybody asked about is another person at another home.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, Outcome, stopped, succeeded
from scripts.attacks.office import Office, Sent, make_office, on_day
from scripts.attacks.people import Row, crowd, homes, names, request

REASON_USES, OFFICER_USES, LOCKOUT = 20, 250, 5
_REASON: Final = "Willful failure to depart: the ledger of the harbor office bears on intent"
_SOURCE: Final = tuple(crowd(40))


def strangers(count: int, first: int = 1, **changes: str) -> list[Row]:
    """Requests in order about people whom no register has."""
    people = islice(zip(names(), homes(), strict=False), first - 1, first - 1 + count)
    return [
        request(number, given, family, home, **changes)
        for number, ((given, family), home) in enumerate(people, first)
    ]


def _sent(office: Office, files: Sequence[Sequence[Row]], **options: str) -> list[Sent]:
    return [office.send(rows, **options) for rows in files]


def _result(sent: Sequence[Sent], most: int, what: str) -> Outcome:
    """Succeeded where more questions were put to the register than `most`."""
    put = sum(each.put() for each in sent)
    if put > most:
        return succeeded(f"{put} {what}, {most} allowed")
    some_refused = (each for each in reversed(sent) if each.fault or each.put() < len(each.answers))
    return stopped(next(some_refused).code())


# -- reasons and investigations ------------------------------------------------------------------


def _spelled_reasons() -> list[str]:
    """One reason in 24 spellings."""
    signs = ["\u200b", "\u00ad", "\u2060", "\u0301", "\u034f", "\ufe0f"]
    seen = [_REASON[:at] + sign + _REASON[at:] for sign in signs for at in (3, 12, 20, 40)]
    return seen[:24]


def _digit_reasons() -> list[str]:
    return [
        _REASON.replace("harbor", word).replace("ledger", other)
        for word in ("harbor", "h4rbor", "harb0r", "h4rb0r", "h\u00e1rbor")
        for other in ("ledger", "l3dger", "ledg3r", "l3dg3r", "l\u00e9dger")
    ][:24]


def _files(reason: str, sizes: Sequence[int], **more: str) -> list[list[Row]]:
    files, first = list[list[Row]](), 1
    for size in sizes:
        files.append(strangers(size, first, reason=reason, **more))
        first += size
    return files


def _reason_files(name: str, sizes: Sequence[int], folder: Path) -> dict[str, Outcome]:
    sent = _sent(make_office(folder, _SOURCE), _files(_REASON, sizes))
    return {name: _result(sent, REASON_USES, f"requests of one reason in {len(sizes)} files")}


def _reason_days(name: str, folder: Path) -> dict[str, Outcome]:
    office, sent = make_office(folder, _SOURCE), list[Sent]()
    for day, rows in enumerate(_files(_REASON, [9, 9, 9])):
        on_day(3 * day)
        sent.append(office.send(rows))
    return {name: _result(sent, REASON_USES, "requests of one reason on three days")}


def _reason_spelled(name: str, spell: Callable[[], list[str]], folder: Path) -> dict[str, Outcome]:
    rows = [{**row, "reason": reason} for row, reason in zip(strangers(24), spell(), strict=False)]
    sent = [make_office(folder, _SOURCE).send(rows)]
    return {name: _result(sent, REASON_USES, "requests of one reason, spelled otherwise")}


def _reason_named(name: str, folder: Path) -> dict[str, Outcome]:
    """One reason into which a program puts each person's name."""
    reason = "The harbor ledger shows whether {} {} remained at the residence in the period"
    rows = [
        {**row, "reason": reason.format(row["given_name"], row["family_name"])}
        for row in strangers(24)
    ]
    sent = [make_office(folder, _SOURCE).send(rows)]
    return {name: _result(sent, REASON_USES, "requests of one reason with names in it")}


def _sixty(folder: Path) -> dict[str, Outcome]:
    """Sixty files of one row, with one reason and one investigation; and one file of as many."""
    more = {"investigation_number": "HSI-2026-0007719"}
    sent = _sent(make_office(folder / "many", _SOURCE), _files(_REASON, [1] * 60, **more))
    together = make_office(folder / "one", _SOURCE).send(_files(_REASON, [60], **more)[0])
    refused = Outcome(ANSWERED if not together.put() else DENIED, together.code())
    few = _result(sent, 1, "people under one investigation, with one reason, in sixty files")
    return {"sixty-files": few, "one-file": refused}


INVESTIGATIONS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "investigation-files": ("in two files", ("HSI-2026-0017", "HSI-2026-0017")),
    "investigation-ignored": ("one nobody sees", ("HSI-2026-0017", "HSI-2026-00\u200b17")),
    "investigation-hyphen": ("another hyphen", ("HSI-2026-0017", "HSI\u20102026\u20100017")),
    "investigation-space": ("spaces", ("HSI-2026-0017", "HSI 2026 0017")),
    "investigation-cyrillic": ("Cyrillic letters", ("HSI-2026-0017", "H\u0405\u0406-2026-0017")),
    "investigation-wide": (
        "full-width digits",
        ("HSI-2026-0017", "HSI-2026-\uff10\uff10\uff11\uff17"),
    ),
    "investigation-sign": ("a word before it", ("HSI-2026-0017", "No. HSI-2026-0017")),
    "investigation-stop": ("a stop after it", ("HSI-2026-0017", "HSI-2026-0017.")),
    "investigation-zeros": ("zeros left out", ("HSI-2026-0017", "HSI-2026-17")),
    "investigation-letter-o": ("the letter O for zero", ("HSI-2026-0017", "HSI-2O26-OO17")),
    "investigation-letter-l": ("the letter l for one", ("HSI-2026-0017", "HSI-2026-00l7")),
    "investigation-five": ("a digit for a letter", ("HSI-2026-0017", "H5I-2026-0017")),
    "investigation-reference": ("its sign before it", ("HSI-2026-0017", "Inv. HSI-2026-0017")),
    "investigation-year": (
        "zeros left out behind two digits of a year",
        ("HSI-26-0017", "HSI-26-17"),
    ),
    "investigation-year-first": ("zeros left out, the year first", ("26-0017", "26-17")),
    "investigation-year-last": ("zeros left out, the year last", ("0417-26", "417-26")),
    "investigation-court": ("zeros of a court's number", ("2:26-cr-00417", "02:26-CR-417")),
    "investigation-part": ("zeros of a part", ("881-01", "881-1")),
    "investigation-continued": ("a word after it", ("HSI-2026-0017", "HSI-2026-0017 (cont.)")),
}


def _investigation(name: str, numbers: tuple[str, ...], folder: Path) -> dict[str, Outcome]:
    """Two people under one investigation: in two files, or in one under two spellings."""
    rows = [
        {**row, "investigation_number": number}
        for row, number in zip(strangers(2), numbers, strict=True)
    ]
    office = make_office(folder, _SOURCE)
    files = [[row] for row in rows] if name == "investigation-files" else [rows]
    return {name: _result(_sent(office, files), 1, "people under one investigation")}


# -- officers --------------------------------------------------------------------------------

_NAME: Final = "Ottoline Birdwhistle"
OFFICERS: Final[dict[str, tuple[str, bool, tuple[str, ...]]]] = {
    "officer-three": (
        "a character nobody sees, another hyphen",
        True,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "A-104\u200b", "A\u2010104")),
    ),
    "officer-wide": (
        "full-width digits and letters",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "\uff21-104", "A-\uff1104")),
    ),
    "officer-cyrillic": (
        "a Cyrillic letter",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "\u0410-104", "\u0391-104")),
    ),
    "officer-hyphen": (
        "no hyphen, a space, a stop",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "A104", "A 104", "A.104")),
    ),
    "officer-zeros": (
        "zeros before the number",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "A-0104", "A-00104")),
    ),
    "officer-ids": (
        "one name and title under three ids",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "K-777", "Q-555")),
    ),
    "officer-ids-case": (
        "one name in three spellings, three ids",
        False,
        (
            "A-104|Ottoline Birdwhistle|Special Agent",
            "K-777|OTTOLINE  BIRDWHISTLE|special agent",
            "Q-555|\u00d3ttoline Birdwh\u00edstle|Special  Agent",
        ),
    ),
    "officer-names": (
        "three names under one id, in three spellings",
        False,
        (
            "A-104|Ottoline Birdwhistle|Special Agent",
            "A-104\u2060|O. Birdwhistle|Special Agent",
            "\u200bA-104|Otto Birdwhistle|Agent",
        ),
    ),
    "officer-marks": (
        "combining marks",
        False,
        tuple(f"{each}|{_NAME}|Special Agent" for each in ("A-104", "A\u0301-104", "\u00c1-104")),
    ),
    "officer-order": (
        "the words of the name turned, three ids",
        False,
        (
            "A-104|Ottoline Birdwhistle|Special Agent",
            "K-777|Birdwhistle, Ottoline|Special Agent",
            "Q-555|Birdwhistle Ottoline|Special Agent",
        ),
    ),
    "officer-apostrophe": (
        "an apostrophe, a space, neither; three ids and one title",
        False,
        (
            "A-104|Ottoline O'Wistle|Special Agent",
            "K-777|Ottoline O Wistle|Special Agent",
            "Q-555|Ottoline OWistle|Special Agent",
        ),
    ),
    "officer-particles": (
        "particles joined and apart, three ids",
        False,
        (
            "A-104|Ottoline de la Wistle|Special Agent",
            "K-777|Ottoline Delawistle|Special Agent",
            "Q-555|Ottoline De Lawistle|Special Agent",
        ),
    ),
    "officer-beside": (
        "a title before the name, a unit and a degree behind it, three ids",
        False,
        (
            "A-104|Special Agent Ottoline Birdwhistle|Special Agent",
            "K-777|Ottoline Birdwhistle (HSI)|Special Agent",
            "Q-555|Ottoline Birdwhistle, CPA|Special Agent",
        ),
    ),
    "officer-id-letters": (
        "letters for the digits of an id",
        False,
        tuple(
            f"{each}|{name}|Special Agent"
            for each, name in (
                ("OF-101", "Ottoline Birdwhistle"),
                ("0F-101", "Wim Tolk"),
                ("OF-l0I", "Ada Kerr"),
            )
        ),
    ),
    "officer-second": (
        "with a second officer each time",
        False,
        tuple(
            f"{each}|{_NAME}|Special Agent;{other}|Special Agent"
            for each, other in (
                ("A-104", "Z-1|Wim Tolk"),
                ("A-104\u200b", "Z-2|Ada Kerr"),
                ("A\u2011104", "Z-3|Bo Li"),
            )
        ),
    ),
}


def _officer(name: str, spelled: tuple[str, ...], folder: Path) -> dict[str, Outcome]:
    """More requests of one officer than a person can be engaged in, in one file."""
    each = OFFICER_USES // len(spelled) + 5
    rows = [
        {**row, "engaged_officers": spelled[number % len(spelled)]}
        for number, row in enumerate(strangers(each * len(spelled)))
    ]
    sent = [make_office(folder, _SOURCE).send(rows)]
    return {name: _result(sent, OFFICER_USES, f"requests of one officer as {len(spelled)}")}


# -- lockout ---------------------------------------------------------------------------------


def _probes(number: int, given: str, count: int) -> list[Row]:
    """`count` questions about one person at as many homes: each is an attempt to probe where there
    are more than three."""
    rows = strangers(count, number)
    return [{**row, "given_name": given, "family_name": "Thackeray"} for row in rows]


_WHO: Final = (
    "Zuleika",
    "Hortense",
    "Millicent",
    "Evangeline",
    "Cressida",
    "Drusilla",
    "Lavinia",
    "Perpetua",
    "Sidonie",
    "Theodora",
    "Winifred",
    "Araminta",
)
LOCKOUTS: Final[dict[str, tuple[str, bool, int, int, int, bool]]] = {
    "lockout-twelve": ("twelve files of four probes", True, 12, 4, 0, False),
    "lockout-two": ("two files of four probes", False, 2, 4, 0, False),
    "lockout-days": ("four files of four probes, a day apart", False, 4, 4, 1, False),
    "lockout-principals": ("four files of four, two principals", False, 4, 4, 0, True),
    "lockout-three": ("three files of four, two days apart", False, 3, 4, 2, False),
}
"""What; whether reported; files, probes in each, days between, whether principals take turns."""


def _lockout(name: str, folder: Path) -> dict[str, Outcome]:
    """Files of attempts, then an honest file."""
    _, _, files, count, days, turns = LOCKOUTS[name]
    office, probed = make_office(folder, _SOURCE), 0
    for number, given in enumerate(_WHO[:files]):
        if days:
            on_day(days * number)
        principal = "dhs-inspector-general" if turns and number % 2 else "dhs-secretary"
        sent = office.send(_probes(1 + 10 * number, given, count), principal=principal)
        if sent.answer("q1") and sent.put():
            return {name: stopped("no_probe")}
        probed += count
    last = office.send(strangers(1, 500))
    if last.put():
        return {name: succeeded(f"{probed} attempts to probe in {files} files, {LOCKOUT} lock out")}
    return {name: stopped(last.code())}


def _honest(folder: Path) -> dict[str, Outcome]:
    """Twenty requests of one reason are allowed; so are 240 of one officer, and four attempts."""
    office = make_office(folder, _SOURCE)
    reasons = office.send(strangers(REASON_USES, 1, reason=_REASON))
    officer = office.send(strangers(240, 100, engaged_officers="B-220|Ada Kerr|Special Agent"))
    locked = make_office(folder / "locked", _SOURCE)
    locked.send(_probes(1, "Zuleika", LOCKOUT + 1))
    after = locked.send(strangers(1, 500))
    return {
        "honest-reasons": _all_put(reasons, REASON_USES),
        "honest-officer": _all_put(officer, 240),
        "lockout-one-file": Outcome(DENIED if after.put() else ANSWERED, after.code()),
    }


def _all_put(sent: Sent, count: int) -> Outcome:
    if sent.put() == count:
        return Outcome(ANSWERED, f"{count} admitted")
    return Outcome(DENIED, sent.code())


_REASON_ATTACKS: Final[dict[str, tuple[str, Callable[[str, Path], dict[str, Outcome]]]]] = {
    "reason-three-files": (
        "one reason in three files of eight rows",
        lambda name, folder: _reason_files(name, [8, 8, 8], folder),
    ),
    "reason-two-files": (
        "one reason in two files of twelve rows",
        lambda name, folder: _reason_files(name, [12, 12], folder),
    ),
    "reason-days": ("one reason in three files, three days apart", _reason_days),
    "reason-ignored": (
        "one reason with characters that nobody sees",
        lambda name, folder: _reason_spelled(name, _spelled_reasons, folder),
    ),
    "reason-names": ("one reason with each person's name put in", _reason_named),
    "reason-digits": (
        "one reason with digits and accents for letters",
        lambda name, folder: _reason_spelled(name, _digit_reasons, folder),
    ),
}


def _attack(name: str, what: str, listed: bool = False, *, control: bool = False) -> Attack:
    return Attack("gate-6", name, what, listed, control)


GROUPS: Final = (
    Group(
        "sixty",
        (
            _attack("sixty-files", "sixty files of one row, one reason, one investigation", True),
            _attack("one-file", "the same in one file: refused, as it should be", control=True),
        ),
        _sixty,
    ),
    *(
        Group(name, (_attack(name, what),), partial(run, name), quick=name == "reason-two-files")
        for name, (what, run) in _REASON_ATTACKS.items()
    ),
    *(
        Group(
            name,
            (_attack(name, f"two people under one investigation: {what}"),),
            partial(_investigation, name, numbers),
            quick=name == "investigation-files",
        )
        for name, (what, numbers) in INVESTIGATIONS.items()
    ),
    *(
        Group(
            name,
            (_attack(name, f"one officer of more requests than agreed: {what}", listed),),
            partial(_officer, name, spelled),
            quick=name == "officer-three",
        )
        for name, (what, listed, spelled) in OFFICERS.items()
    ),
    *(
        Group(
            name,
            (_attack(name, what, listed),),
            partial(_lockout, name),
            quick=name == "lockout-two",
        )
        for name, (what, listed, *_) in LOCKOUTS.items()
    ),
    Group(
        "windows-honest",
        (
            _attack("honest-reasons", "twenty requests of one reason", control=True),
            _attack("honest-officer", "240 requests of one officer", control=True),
            _attack("lockout-one-file", "six attempts in one file lock out", control=True),
        ),
        _honest,
    ),
)
