"""The engine inside other people's programs: installed, found by find_package(millrace), built upon
and talked to. What is installed is what the build made; the examples are built as a project of
their own, which knows nothing of this repository."""

import asyncio
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import websockets

from support import gateway

EXAMPLES = gateway.ROOT / "examples/embedding"
STANDARD_INCLUDE = re.compile(r"<[a-z_]+>|\"millrace/\w+\.h\"")
BUILD_S = 300


def build_folder():
    return pathlib.Path(gateway.program()).parent.parent


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=BUILD_S, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Example:
    """An example program, listening on a free port; SIGTERM must end it cleanly."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", str(program), "127.0.0.1:0"], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=gateway.environment())

    def __enter__(self):
        line = self.process.stdout.readline()
        found = gateway.LISTENING.search(line)
        if not found:
            self.process.kill()
            rest = self.process.communicate()[0]
            raise AssertionError(f"it does not listen; it said:\n{line}{rest}")
        self.base = f"ws://{found.group(1)}:{found.group(2)}"
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.process.kill()
        else:
            self.process.terminate()
        try:
            said, _ = self.process.communicate(timeout=gateway.PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
        if kind is None and (self.process.returncode != 0 or said):
            raise AssertionError(f"ended with {self.process.returncode} and said:\n{said}")


class EmbeddingTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-embedding-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", build_folder(), "--prefix", cls.prefix)
        # A copy, so that nothing of the repository is found by being near.
        shutil.copytree(EXAMPLES, cls.folder / "examples")
        run("cmake", "-S", cls.folder / "examples", "-B", cls.folder / "build", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        run("cmake", "--build", cls.folder / "build")

    def headers(self):
        headers = sorted((self.prefix / "include/millrace").glob("*"))
        self.assertIn("server.h", [header.name for header in headers])
        return headers

    def test_the_programs_are_installed_too(self):
        for program in ("millrace", "millrace-load"):
            self.assertIn("0.1.0", run(self.prefix / "bin" / program, "--version"))

    def test_headers_name_nothing_but_the_standard_library(self):
        for header in self.headers():
            text = header.read_text()
            self.assertNotRegex(text, r"(?i)liburing|io_uring")
            for included in re.findall(r"^\s*#\s*include\s*(\S+)", text, re.MULTILINE):
                self.assertRegex(included, STANDARD_INCLUDE, header.name)

    def test_each_header_compiles_on_its_own_without_a_warning(self):
        compiler = os.environ.get("CXX", "c++")
        for header in self.headers():
            run(compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
                "-Werror", "-I", self.prefix / "include", "-include", header,
                "-x", "c++", "/dev/null")

    def test_the_archive_defines_no_names_but_its_own(self):
        listed = run("nm", "--demangle", "--defined-only", "--extern-only",
                     self.prefix / "lib/libmillrace.a")
        strong = re.findall(r"^[0-9a-f]+ [TDBRC] (.+)$", listed, re.MULTILINE)
        self.assertTrue(any("millrace::Server::open" in name for name in strong))
        for name in strong:
            self.assertRegex(name, r"^(non-virtual thunk to |v\w+ for |typeinfo (name )?for )?"
                                   r"millrace::|^\.LTHUNK")
        weak = re.findall(r"^[0-9a-f]+ [VWu] (.+)$", listed, re.MULTILINE)
        for name in weak:
            self.assertNotRegex(name, r"(?<!\w)(base|engine|protocol)::")

    def test_a_program_may_have_our_inner_names_too(self):
        source = self.folder / "names.cc"
        source.write_text("""
            #include <cstdlib>
            namespace base {
            void check_failed(const char*, const char*, int) noexcept { abort(); }
            }
            namespace engine { struct Address { Address(); }; Address::Address() { abort(); } }
        """)
        project = self.folder / "names"
        shutil.copytree(EXAMPLES, project)
        lists = project / "CMakeLists.txt"
        lists.write_text(lists.read_text().replace("${example}.cc)", f"${{example}}.cc {source})"))
        run("cmake", "-S", project, "-B", project / "build", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", project / "build", "--target", "echo_server")
        with Example(project / "build/echo_server") as server:
            self.assertRegex(server.base, r"^ws://127.0.0.1:\d+$")

    def test_an_unknown_version_is_not_found(self):
        project = self.folder / "later"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(later LANGUAGES CXX)\n"
            "find_package(millrace 9 REQUIRED)\n")
        with self.assertRaisesRegex(AssertionError, "version: 0.1.0"):
            run("cmake", "-S", project, "-B", project / "build",
                f"-DCMAKE_PREFIX_PATH={self.prefix}")

    def test_a_start_that_fails_says_why(self):
        for address, said in (("8080", "the port is missing"), ("192.0.2.1:1", "cannot listen")):
            done = subprocess.run([self.folder / "build/echo_server", address], text=True,
                                  capture_output=True, timeout=gateway.PATIENCE_S, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)

    async def test_the_echo_server_echoes(self):
        with Example(self.folder / "build/echo_server") as server:
            async with websockets.connect(server.base) as client:
                for message in ("", "hello", "é" * 40000, b"\x00\xff" * 40000):
                    await client.send(message)
                    answer = await asyncio.wait_for(client.recv(), gateway.PATIENCE_S)
                    self.assertEqual(answer, message)

    async def test_clients_hear_of_the_end(self):
        with Example(self.folder / "build/echo_server") as server:
            async with websockets.connect(server.base) as client:
                server.process.terminate()
                with self.assertRaises(websockets.ConnectionClosed):
                    await asyncio.wait_for(client.recv(), gateway.PATIENCE_S)
                self.assertEqual(client.close_code, 1001)

    async def test_everybody_in_a_room_hears_everything_in_one_order(self):
        members, messages = 8, 20
        with Example(self.folder / "build/room_server") as server:
            clients = [await websockets.connect(f"{server.base}/room?room=square")
                       for _ in range(members)]
            other = await websockets.connect(f"{server.base}/room?room=circle")
            for number in range(messages):
                await clients[number % members].send(str(number))
            heard = [[await asyncio.wait_for(client.recv(), gateway.PATIENCE_S)
                      for _ in range(messages)] for client in clients]
            self.assertEqual(sorted(heard[0], key=int), [str(i) for i in range(messages)])
            for one in heard:
                self.assertEqual(one, heard[0])
            await other.send("only me")
            self.assertEqual(await asyncio.wait_for(other.recv(), gateway.PATIENCE_S), "only me")
            for client in (*clients, other):
                await client.close()

    async def test_a_room_needs_a_name(self):
        with Example(self.folder / "build/room_server") as server:
            for path, status in (("/room", 400), ("/room?room=" + "r" * 256, 400), ("/else", 404)):
                with self.assertRaises(websockets.InvalidStatusCode) as caught:
                    await websockets.connect(server.base + path)
                self.assertEqual(caught.exception.status_code, status)


if __name__ == "__main__":
    unittest.main()
