"""When a letter that could not be sent is tried again."""

from datetime import UTC, datetime, timedelta

from mailbot.mail.backoff import next_try

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def minutes(attempts: int) -> float | None:
    at = next_try(attempts, NOW)
    return None if at is None else (at - NOW) / timedelta(minutes=1)


def test_the_first_tries_come_soon_and_the_later_ones_hourly() -> None:
    assert [minutes(n) for n in range(1, 10)] == [1, 2, 5, 10, 20, 40, 60, 60, 60]


def test_after_five_days_we_give_up() -> None:
    waited, attempts = timedelta(), 1
    while (at := next_try(attempts, NOW)) is not None:
        waited += at - NOW
        attempts += 1
    assert timedelta(days=4, hours=23) <= waited <= timedelta(days=5)
    assert next_try(attempts + 1000, NOW) is None


def test_letters_deferred_together_do_not_come_back_together() -> None:
    again = {next_try(7, NOW, f"letter {n}") for n in range(20)}
    assert len(again) > 10
    assert all(timedelta(minutes=60) <= at - NOW <= timedelta(minutes=66) for at in again if at)


def test_the_same_letter_waits_the_same() -> None:
    assert next_try(3, NOW, "17") == next_try(3, NOW, "17")
