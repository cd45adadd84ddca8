"""An application for each test, without compiling each time the pages that are the same in all of them.

Each application has an environment of its own for its templates, which compiles what it is asked for the first time.
"""

from collections.abc import Hashable

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class _Kept(BytecodeCache):
    """What was compiled, by the template's name, file and text, and by what its application escapes and filters with.

    What is written of a constant is written while compiling: an application in which a test has replaced something finds
    nothing of the others here, and they nothing of it.
    """

    def __init__(self) -> None:
        self._code: dict[Hashable, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._code.get(_of(bucket))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[_of(bucket)] = bucket.bytecode_to_string()


def _of(bucket: Bucket) -> Hashable:
    here = bucket.environment
    escapes = getattr(here.autoescape, "__func__", here.autoescape)  # Flask gives each application's own method
    return bucket.key, bucket.checksum, escapes, here.finalize, *here.filters.items(), *here.tests.items()


def compiled_once() -> None:
    """From now on the template of a page is compiled once in a process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}
