"""Puerto Rico's lines: urbanization, house number, kilometer wherever they are -> number first.

    12 CALLE 5 | URB LAS PALOMAS             ->  LAS PALOMAS; 12 CALLE 5
    12 CALLE 5 URB LAS PALOMAS               ->  LAS PALOMAS; 12 CALLE 5
    URB LAS PALOMAS CALLE 5 B-12             ->  LAS PALOMAS; B12 CALLE 5
    CALLE SOL # 123 APT 4                    ->  123 CALLE SOL APT 4
    CARR 704 KM 1.7 · KM 1 HM 7              ->  KM 1 7 on STATE HIGHWAY 704

An urbanization is read in every state; the rest in Puerto Rico alone: CALLE SOL # 123 in California
is a unit of CALLE SOL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.tables import DESIGNATORS, NUMBER_WORDS, STANDALONE, words
from counterfoil.normalize.text import has_digit, token_at

URBANIZATIONS: Final = frozenset({"URB", "URBANIZACION", "URBANIZATION"})
_STREETS: Final = words("CALLE AVE AVENIDA AVENUE CAMINO CARR CARRETERA PASEO VIA CLL BLVD")
_NUMBER: Final = re.compile(r"[0-9]+[A-Z]?|[A-Z]{1,2}[0-9]{1,4}|[0-9]+-[0-9]+[A-Z]?")
_QUARTERS: Final = words("BO BARRIO SECTOR SEC")
_ROADS: Final = words("CARR CARRETERA PR")
_INTERIOR: Final = re.compile(r"\bINTERIOR\b")
_BLOCK: Final = re.compile(r"[A-Z]{1,2}")
_KILOMETER: Final = re.compile(
    r"(?:(?P<number>[0-9]+[A-Z]?) )?(?P<road>(?:CARR|CARRETERA|PR|RUTA|ROAD|RD|STATE (?:ROAD|RD))"
    r"(?: PR)?) (?P<route>[0-9]+) (?:KM|K|KILOMETRO|KILOMETER) (?P<km>[0-9]+)"
    r"(?: (?:(?:HM|H|HECTOMETRO) )?(?P<hm>[0-9]))?(?: (?P<rest>.*))?"
)


def split_urbanization(first: str, second: str) -> tuple[str, str, str]:
    """(urbanization, line 1, line 2): the words after URB, up to a number or a street, are the
    urbanization."""
    for line, other in ((first, second), (second, first)):
        tokens = line.split()
        at = next((i for i, token in enumerate(tokens) if token in URBANIZATIONS), -1)
        if at < 0 or at + 1 == len(tokens):
            continue
        before, after = tokens[:at], tokens[at + 1 :]
        if before and not any(map(has_digit, before)):
            continue  # a street that has the word in its name
        end = next((i for i in range(len(after)) if _ends_name(after, i)), len(after))
        name = " ".join(" ".join(after[:end]).replace("#", " ").split())
        rest = " ".join([*before, *after[end:]])
        if name and other and _is_number_alone(rest) and other.split()[0] in _STREETS:
            return name, f"{rest} {other}", ""
        if name:
            return name, (rest or other), (other if rest else "")
    return "", first, second


def _is_number_alone(rest: str) -> bool:
    """Whether nothing but a block and a house number stands beside the urbanization."""
    return _NUMBER.fullmatch(rest.replace(" ", "").replace("-", "")) is not None


def _ends_name(tokens: Sequence[str], index: int) -> bool:
    if has_digit(tokens[index]) or (index and tokens[index] in _STREETS):
        return True
    following = token_at(tokens, index + 1)
    return bool(index and _BLOCK.fullmatch(tokens[index]) and following.isdigit())


def number_first(line: str) -> str:
    """A clean line of Puerto Rico with its house number before the street."""
    tokens = _blocks(_street_first(line.split()))
    if not tokens or tokens[0] not in _STREETS:
        return " ".join(tokens)
    for index in range(2, len(tokens)):
        word = tokens[index]
        if word in NUMBER_WORDS and _NUMBER.fullmatch(token_at(tokens, index + 1)):
            return " ".join([tokens[index + 1], *tokens[:index], *tokens[index + 2 :]])
        if word in DESIGNATORS or word in STANDALONE or word in {"KM", "K"}:
            break
        if _NUMBER.fullmatch(word):
            return " ".join([word, *tokens[:index], *tokens[index + 1 :]])
    return " ".join(tokens)


def _street_first(tokens: list[str]) -> list[str]:
    """The tokens with C/ MARINA as CALLE MARINA, and a barrio or sector behind the road beside
    which it is written."""
    if len(tokens) > 1 and tokens[0] == "C" and tokens[1].isalpha() and len(tokens[1]) > 2:
        return ["CALLE", *tokens[1:]]
    if tokens and tokens[0] in _QUARTERS:
        at = next((at for at, token in enumerate(tokens) if token in _ROADS), 0)
        if at > 1 and not any(map(has_digit, tokens[:at])):
            return [*tokens[at:], *tokens[:at]]
    return tokens


def _blocks(tokens: list[str]) -> list[str]:
    """The tokens with block and house in one: B 12 CALLE 5, CALLE 5 B 12."""
    for index in range(len(tokens) - 1):
        is_edge = index == 0 or index + 2 == len(tokens)
        if is_edge and _BLOCK.fullmatch(tokens[index]) and tokens[index + 1].isdigit():
            after = token_at(tokens, index + 2)
            is_before = index == 0 and after in _STREETS and tokens[0] != "PR"
            is_after = index > 1 and tokens[0] in _STREETS and tokens[index] not in DESIGNATORS
            if is_before or (is_after and tokens[index] not in ("KM", "NO", "HM")):
                return [*tokens[:index], tokens[index] + tokens[index + 1], *tokens[index + 2 :]]
    return tokens


def read_kilometer(line: str) -> tuple[str, str, str] | None:
    """(number, road, what follows) of a line that names a place by road and kilometer."""
    found = _KILOMETER.fullmatch(line.replace("-", " "))
    if found is None:
        return None
    km, hm = found["km"].lstrip("0") or "0", found["hm"] or "0"
    number = f"{found['number'] or ''} KM {km} {hm}".strip()
    rest = _INTERIOR.sub("INT", found["rest"] or "")
    return number, f"STATE HIGHWAY {found['route'].lstrip('0')}", rest
