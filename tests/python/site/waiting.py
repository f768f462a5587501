"""Waiting for what a page becomes, under its own content security policy."""

from typing import Any


def wait_until(page: Any, expression: str, seconds: float = 60) -> None:
    """Waits until an expression is true; fails with it where it is not in time.

    Playwright's own `wait_for_function` asks again from within the page, where the policy forbids
    to evaluate a text: it works only where the first answer is the right one.
    """
    for _ in range(int(seconds * 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not so within {seconds} s: {expression}")
