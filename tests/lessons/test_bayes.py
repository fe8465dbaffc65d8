"""The numbers of the lesson on Bayes' rule, and the answers to its exercises."""

from __future__ import annotations

from fractions import Fraction

from tests.lessons.printed import printed_by


def posterior(prior: Fraction, hit: Fraction, false_alarm: Fraction) -> Fraction:
    return prior * hit / (prior * hit + (1 - prior) * false_alarm)


TEST = Fraction(90, 100), Fraction(5, 100)
ONCE = posterior(Fraction(1, 100), *TEST)
ANSWERS = {
    "positive": float(ONCE),
    "again": float(posterior(ONCE, *TEST)),
    "coin": (7 + 1) / (10 + 2),
}


def test_the_lesson_prints_the_numbers_of_the_course() -> None:
    """E, lines 869-885."""
    once = posterior(Fraction(10, 100), Fraction(99, 100), Fraction(1, 100))
    twice = posterior(once, Fraction(99, 100), Fraction(1, 100))
    assert once == Fraction(990, 1080)
    assert f"{float(once):.4f} -> {float(twice):.4f}" == "0.9167 -> 0.9991"
    assert "0.9167 -> 0.9991" in printed_by("bayes")


def test_the_better_treatment_looks_worse_until_it_is_adjusted() -> None:
    """81 of 87 and 192 of 263 by A, 234 of 270 and 55 of 80 by B: Charig et al., 1986."""
    small, large = Fraction(87 + 270, 700), Fraction(263 + 80, 700)
    a = Fraction(81, 87) * small + Fraction(192, 263) * large
    b = Fraction(234, 270) * small + Fraction(55, 80) * large
    assert Fraction(81 + 192, 350) < Fraction(234 + 55, 350)
    assert {f"{float(a):.3f}", f"{float(b):.3f}"} <= set(printed_by("bayes").split())
    assert a > b
