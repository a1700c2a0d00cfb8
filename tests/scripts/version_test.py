"""Tests of cmake/write_version.cmake: the commit it finds, and that it leaves a true header alone,
so that a build without a new commit compiles nothing."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class VersionTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = pathlib.Path(self.folder.name) / "source"
        (self.source / "cmake").mkdir(parents=True)
        self.header = pathlib.Path(self.folder.name) / "generated" / "millrace_version.h"

    def tearDown(self):
        self.folder.cleanup()

    def write(self):
        definitions = {"source": self.source, "header": self.header, "version": "1.2.3",
                       "compiler": "GNU 12", "build_type": "Release"}
        subprocess.run(["cmake", *(f"-D{name}={value}" for name, value in definitions.items()),
                        "-P", str(ROOT / "cmake/write_version.cmake")], check=True)
        return self.header.read_text()

    def git(self, *arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        run = subprocess.run(["git", "-C", str(self.source), *identity, *arguments],
                             capture_output=True, text=True, check=True)
        return run.stdout.strip()

    def test_without_git_the_commit_is_unknown(self):
        text = self.write()
        self.assertIn('kCommit = "unknown"', text)
        self.assertIn('kVersion = "1.2.3"', text)
        self.assertIn('kCompiler = "GNU 12"', text)

    def test_a_placeholder_is_no_commit(self):
        (self.source / "cmake/commit.txt").write_text("$Format:%H$\n")
        self.assertIn('kCommit = "unknown"', self.write())

    def test_an_exported_archive_carries_its_commit(self):
        (self.source / "cmake/commit.txt").write_text("0123abcd\n")
        self.assertIn('kCommit = "0123abcd"', self.write())

    def test_follows_head(self):
        self.git("init", "--quiet")
        for _ in range(2):
            self.git("commit", "--quiet", "--allow-empty", "--message", "x")
            self.assertIn(f'kCommit = "{self.git("rev-parse", "HEAD")}"', self.write())

    def test_a_header_that_is_true_is_not_touched(self):
        self.write()
        os.utime(self.header, (1, 1))
        self.write()
        self.assertEqual(self.header.stat().st_mtime, 1)


if __name__ == "__main__":
    unittest.main()
