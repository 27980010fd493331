"""What was struck through, as mail programs write it."""

import time

import pytest

from mailbot.mail.struck import stands_in


@pytest.mark.parametrize(
    "markup",
    [
        "1 ok<br><s>2 ok</s><br>3 ok",
        "1 ok<br><strike>2&nbsp;ok</strike>",
        "<p>1 ok</p><p><del class=x>2 <b>ok</b></del></p>",
        '<p>1 ok</p><p><span style="color:red;text-decoration:line-through">2 ok</span></p>',
        "<P>1 ok</P><P><SPAN STYLE='TEXT-DECORATION: LINE-THROUGH'>2 ok</SPAN></P>",
    ],
)
def test_struck(markup: str) -> None:
    assert stands_in(markup, "1 ok\n2 ok\n3 ok")


@pytest.mark.parametrize(
    "markup", ["", "<span>2 ok</span>", "<del>9 840 €</del>", "<s></s>", "<section>2 ok</section>"]
)
def test_not_struck(markup: str) -> None:
    assert not stands_in(markup, "1 ok\n2 ok\n3 ok")


@pytest.mark.parametrize("markup", ["<s>", "<s ", "<p style=", '<a line-through="', "<del>x", "<", "<b line-through>"])
def test_any_markup_is_read_in_time(markup: str) -> None:
    begin = time.perf_counter()
    stands_in(markup * (400_000 // len(markup)), "ok")
    assert time.perf_counter() - begin < 2
