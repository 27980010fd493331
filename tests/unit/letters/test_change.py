"""The change between two versions: exact, complete, and never slow."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from mailbot.letters.change import Kind, change

WORDS = st.lists(st.sampled_from(["un", "deux", "trois\n\n", "(quatre)", "cinq."]), max_size=30).map(" ".join)


def joined(old: str, new: str, *kinds: Kind) -> str:
    return "".join(segment.text for segment in change(old, new) if segment.kind in kinds)


@given(WORDS, WORDS)
def test_kept_and_added_words_are_the_new_text_to_the_character(old: str, new: str) -> None:
    assert joined(old, new, Kind.KEPT, Kind.ADDED) == new


@given(WORDS, WORDS)
def test_kept_and_removed_words_are_the_words_of_the_old_text(old: str, new: str) -> None:
    assert joined(old, new, Kind.KEPT, Kind.REMOVED).split() == old.split()


def test_an_addition_is_one_segment_at_the_end() -> None:
    assert [(s.kind, s.text) for s in change("Le détail est joint.", "Le détail est joint.\n\nLa suite.")] == [
        (Kind.KEPT, "Le détail est joint.\n\n"),
        (Kind.ADDED, "La suite."),
    ]


def test_a_replaced_stretch_is_removed_then_added() -> None:
    assert [s.kind for s in change("un (nouveau chantier). Fin", "un avec la garantie. Fin")] == [
        Kind.KEPT,
        Kind.REMOVED,
        Kind.ADDED,
        Kind.KEPT,
    ]


def test_the_same_text_is_kept_whole() -> None:
    assert [s.kind for s in change("a b c", "a b c")] == [Kind.KEPT]
    assert change("", "") == ()


def test_long_and_repetitive_texts_are_replaced_whole_at_once() -> None:
    start = perf_counter()
    kinds = [s.kind for s in change("x " + "a b " * 20_000, "y " + "b a " * 20_000 + "z")]
    assert perf_counter() - start < 1
    assert kinds == [Kind.REMOVED, Kind.ADDED]
