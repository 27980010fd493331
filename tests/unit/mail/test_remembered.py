"""What is remembered is what would be said, and nothing long is kept."""

from mailbot.mail.quoting.remembered import _LONGEST, remembered


def test_a_short_text_is_judged_once_and_a_long_one_each_time() -> None:
    asked: list[str] = []

    @remembered
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    long = "x" * (_LONGEST + 1)
    assert [length(text) for text in ("ab", "ab", long, long, "abc")] == [2, 2, len(long), len(long), 3]
    assert asked == ["ab", long, long, "abc"]
