"""The tools that not every machine has: present, or the test fails and says what to install."""

import os
import pathlib
import shutil
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[1]


def missing(what, remedy):
    """Fails the test, or skips it where MILLRACE_ALLOW_SKIP=1 says that this is fine."""
    message = f"{what} is missing: {remedy}"
    if os.environ.get("MILLRACE_ALLOW_SKIP") == "1":
        raise unittest.SkipTest(message)
    raise AssertionError(message)


def command(name):
    """The path of a command that scripts/packages lists."""
    return shutil.which(name) or missing(name, "scripts/install test")


def node_package(name):
    """The folder of an npm package that package-lock.json pins."""
    folder = FOLDER / "node_modules" / name
    if not folder.is_dir():
        missing(f"the npm package {name}", "npm ci --prefix tests/end_to_end")
    return folder
