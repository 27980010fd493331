"""How browsers are called, and what is a code."""

from __future__ import annotations

import pytest

from mailbot.domain.browsers import called, digits

MOZILLA = "Mozilla/5.0 "
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("(Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox sous Windows"),
        (f"(Windows NT 10.0; Win64; x64) {WEBKIT}Chrome/130.0.0.0 Safari/537.36", "Chrome sous Windows"),
        (f"(Windows NT 10.0; Win64; x64) {WEBKIT}Chrome/130.0 Safari/537.36 Edg/130.0", "Edge sous Windows"),
        ("(Macintosh; Intel Mac OS X 14_6) AppleWebKit/605 Version/17.6 Safari/605.1.15", "Safari sous macOS"),
        ("(iPhone; CPU iPhone OS 17_6 like Mac OS X) Version/17.6 Mobile Safari/604.1", "Safari sur iPhone"),
        ("(iPhone; CPU iPhone OS 17_6 like Mac OS X) CriOS/130.0 Mobile Safari/604.1", "Chrome sur iPhone"),
        (f"(Linux; Android 14; SM-S911B) {WEBKIT}SamsungBrowser/26 Chrome/122", "Samsung Internet sous Android"),
        (f"(X11; Linux x86_64) {WEBKIT}HeadlessChrome/120.0 Safari/537.36", "Chrome sous Linux"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert called(MOZILLA + agent) == name


@pytest.mark.parametrize("agent", ["", "curl/8", "Appelez vite le 01 23 45 67 89 <b>", "Fire\r\nBcc: x@y.example"])
def test_nothing_that_a_program_says_of_itself_is_repeated(agent: str) -> None:
    assert called(agent) == "Un navigateur inconnu"


@pytest.mark.parametrize("typed", ["482915", "482 915", " 482\u00a0915 ", "482-915", "48 29 15", "482\u202f915"])
def test_a_code_is_typed_in_many_ways(typed: str) -> None:
    assert digits(typed) == "482915"


@pytest.mark.parametrize(
    "typed", ["", "48291", "4829155", "abcdef", "482 91x", "٤٨٢٩١٥", "４８２９１５", "%", "482915\x00"]
)
def test_what_is_no_code(typed: str) -> None:
    assert digits(typed) == ""
