"""An application for each test, without compiling each time what is the same in all of them.

Werkzeug writes and compiles two functions for every route that an application is given: nine tenths of what making one
takes. A product makes one; tests make a thousand.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def compiled_once() -> None:
    """From now on the function that writes the addresses of a route is compiled once in a process.

    It is made of the route's text alone, and reaches converters through the route that it is bound to; only a route with
    defaults has more in it.
    """
    compile_builder = Rule._compile_builder
    made: dict[Any, Builder] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    Rule._compile_builder = once  # type: ignore[method-assign]
