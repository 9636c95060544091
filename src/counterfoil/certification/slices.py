"""Groups of names and addresses by which an evaluation is reported, so that one group's gain is not
another's loss. Pure.

The groups of a question follow from the form of what is asked, and from how often the labelled file
itself uses a name. Nothing is inferred of anyone (P8). Questions that are not sufficient have no
form and are in no group.

`family_common` are the most frequent words of family names that together make up half of the
questions, `family_rare` the least frequent that make up a quarter. The first word of the name that
is no particle counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from counterfoil.core.values import AddressForm, AddressKind, NameForm, Public
from counterfoil.normalize.name_words import PARTICLES

SLICES: Final = {
    "family_compound": "Family name of two words or more, as many Spanish and Portuguese ones are.",
    "family_single": "Family name of one word.",
    "family_common": "Family name among the most frequent that make up half of the file.",
    "family_rare": "Family name among the least frequent that make up a quarter of the file.",
    "family_short": "Family name of three letters or fewer.",
    "given_short": "Given name of three letters or fewer.",
    "given_4_to_6": "Given name of four to six letters.",
    "given_7_or_more": "Given name of seven letters or more.",
    "unit": "An address with a unit.",
    "no_unit": "A street address without a unit.",
    "po_box": "A PO box.",
}


class SliceCount(Public, frozen=True, rename={"true_": "true", "false_": "false"}):
    """Sufficient questions of one group, by label; recall is confirmed_true / true, 0 where there
    is none."""

    name: str
    true_: int
    confirmed_true: int
    recall: float
    false_: int
    confirmed_false: int


class Slicer:
    """Finds the groups of a question. Made from how often each family word is in the file."""

    def __init__(self, words: Counter[str]) -> None:
        total, passed = words.total(), 0
        common, rare = set[str](), set[str]()
        for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0])):
            if passed < total / 2:
                common.add(word)
            elif passed >= total * 3 / 4:
                rare.add(word)
            passed += count
        self._groups = (("family_common", common), ("family_rare", rare))

    def slices_of(self, name: NameForm, address: AddressForm) -> Iterator[str]:
        """The groups of a question, each once."""
        family, given = core_words(name), "".join(name.given[:1])
        if family:
            yield "family_compound" if len(family) > 1 else "family_single"
            yield from (name for name, words in self._groups if not words.isdisjoint(family[:1]))
            if len("".join(name.family)) <= 3:
                yield "family_short"
        if given:
            yield (
                "given_short"
                if len(given) <= 3
                else "given_4_to_6"
                if len(given) <= 6
                else "given_7_or_more"
            )
        if address.kind is AddressKind.PO_BOX:
            yield "po_box"
        elif address.unit or address.kind is AddressKind.STREET:
            yield "unit" if address.unit else "no_unit"


class SliceTally:
    """Questions by group and label, asked and confirmed."""

    def __init__(self) -> None:
        self._asked = Counter[tuple[str, bool]]()
        self._confirmed = Counter[tuple[str, bool]]()

    def add(self, slices: Iterable[str], *, truth: bool, confirmed: bool) -> None:
        """Count one question in each of its groups."""
        for name in slices:
            self._asked[name, truth] += 1
            self._confirmed[name, truth] += confirmed

    def counts(self, names: Iterable[str] = SLICES) -> tuple[SliceCount, ...]:
        """The groups named, in their order."""
        return tuple(self._count(name) for name in names)

    def met(self) -> list[str]:
        """Every group that has a question, in order."""
        return sorted({name for name, _ in self._asked})

    def _count(self, name: str) -> SliceCount:
        true, right = self._asked[name, True], self._confirmed[name, True]
        return SliceCount(
            name,
            true,
            right,
            round(right / max(1, true), 6),
            self._asked[name, False],
            self._confirmed[name, False],
        )


def core_words(name: NameForm) -> tuple[str, ...]:
    """The words of a family name that are no particles."""
    return tuple(word for word in name.family if word not in PARTICLES) or name.family
