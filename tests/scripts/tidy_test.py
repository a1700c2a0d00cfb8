"""Tests of scripts/tidy.py and scripts/cpp_text.py: each rule finds what it is for and nothing
more. Run by ctest, or by hand: /usr/bin/python3 tests/scripts/tidy_test.py"""

import pathlib
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import cpp_text  # noqa: E402
import tidy  # noqa: E402

PURPOSE = "// Thing: its comment says what it is for, who may call it, and what bounds all of it.\n"
HEADER = PURPOSE + "#pragma once\n"
LAYERS = "base:\nprotocol: base\nengine/io: base\nengine/room: base protocol engine/io\ntests: *\n"


def functions(code):
    code = textwrap.dedent(code).lstrip("\n")
    return [(found.head, found.first, found.last) for found in cpp_text.functions(code)]


class StripTest(unittest.TestCase):
    def test_comments_and_strings_go_and_lines_stay(self):
        code = 'a = "x{";  // y{\n/* z{\n */ b = \'{\'; c = R"q(}\n)" )q";\nd();\n'
        stripped = cpp_text.strip_comments_and_strings(code)
        self.assertEqual(stripped.count("\n"), code.count("\n"))
        self.assertEqual(len(stripped), len(code))
        for gone in ("x", "y", "z", "{", "}"):
            self.assertNotIn(gone, stripped)
        for kept in ("a =", "b =", "c =", "d();"):
            self.assertIn(kept, stripped)

    def test_digit_separators_are_no_characters(self):
        code = "int a = 1'000'000; f(); int b = 0x1'F;"
        self.assertEqual(cpp_text.strip_comments_and_strings(code), code)

    def test_escaped_quotes(self):
        self.assertIn("f();", cpp_text.strip_comments_and_strings(r'''a = "\""; b = '\''; f();'''))


class FunctionsTest(unittest.TestCase):
    def test_free_function_and_its_lines(self):
        self.assertEqual(functions("""
            #include <x>

            namespace base {

            // A comment is not part of it.
            int f(int a,
                  int b) {
              if (a > b) {
                return a;
              }
              return b;
            }

            }  // namespace base
            """), [("int f(int a, int b)", 6, 12)])

    def test_members_with_access_labels(self):
        self.assertEqual(functions("""
            class A final : public B<int> {
             public:
              A() = default;
              int get() const noexcept { return a_; }

             private:
              void set(int a) { a_ = a; }
              int a_{0};
            };
            """), [("int get() const noexcept", 4, 4), ("void set(int a)", 7, 7)])

    def test_constructor_with_braced_members(self):
        self.assertEqual(functions("""
            A::A(int a) : B{a}, a_(a), c_{a, {a}} {
              f();
            }
            A::~A() {}
            """), [("A::A(int a) : B() , a_(a), c_()", 1, 3), ("A::~A()", 4, 4)])

    def test_templates_concepts_and_requires(self):
        found = functions("""
            template <class T, int kSize = 3>
            concept C = requires(T t) {
              { t.f() } -> std::same_as<int>;
            };
            template <class T>
              requires requires(T t) { t.f(); }
            int g(T t) {
              return t.f();
            }
            template <typename T>
            struct S {
              bool operator==(const S& other) const { return true; }
              void f() requires(sizeof(T) > 1) { }
            };
            """)
        self.assertEqual([(first, last) for _, first, last in found], [(4, 8), (11, 11), (12, 12)])

    def test_what_is_no_function(self):
        self.assertEqual(functions("""
            enum class E : std::uint8_t { a, b };
            struct alignas(64) S { int a = f(); std::array<int, 2> b{1, 2}; };
            constexpr int kTable[] = {1, 2, g(3)};
            extern "C" { int h(int); }
            namespace a::b { using T = int; }
            auto lambda = [](int a) { return a; };
            int declared(int a = 3);
            """), [])

    def test_macros_that_define_tests(self):
        self.assertEqual(functions("""
            TEST_F(Frame, IsParsed) {
              auto f = [&](int a) {
                return a;
              };
            }
            """), [("TEST_F(Frame, IsParsed)", 1, 5)])

    def test_default_arguments_and_trailing_return(self):
        self.assertEqual(
            functions("auto f(int a = 1, S s = {}) -> std::vector<int> { return {}; }\n"),
            [("auto f(int a = 1, S s = ()) -> std::vector<int>", 1, 1)],
        )

    def test_directives_are_skipped(self):
        self.assertEqual(functions("""
            #define OPEN(x) \\
              if (x) {
            int f() { return 1; }
            """), [("int f()", 3, 3)])


class RepositoryTest(unittest.TestCase):
    def findings(self, files, modes=(), check=tidy.check):
        with tempfile.TemporaryDirectory() as folder:
            for path, content in {"cmake/layers.txt": LAYERS, **files}.items():
                file = pathlib.Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
                if path in modes:
                    file.chmod(0o755)
            found = sorted(check(tidy.Repository(folder)))
        # The other rules are tried on headers that nobody has reason to include.
        return [str(one) for one in found
                if check is tidy.check_dead_headers or "is it dead" not in one.message]

    def assert_finds(self, expected, files, modes=()):
        found = self.findings(files, modes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_a_clean_tree(self):
        self.assertEqual(self.findings({
            "base/a.h": HEADER + "\nnamespace base {}\n",
            "engine/room/b.cc": '#include "base/a.h"\n#include "millrace_version.h"\n',
            "README.md": "# Title\n\nSee `base/a.h`, `base/*.h` and [it](base/a.h).\n",
        }), [])

    def test_width(self):
        self.assertEqual(self.findings({"base/a.cc": "//" + "x" * 98 + "\n"}), [])
        self.assert_finds("base/a.cc:1: 101 columns", {"base/a.cc": "//" + "x" * 99 + "\n"})

    def test_space_tabs_and_last_line(self):
        self.assert_finds("a.cc:1: drop the space", {"base/a.cc": "int a; \n"})
        self.assert_finds("a.cc:1: write spaces", {"base/a.cc": "\tint a;\n"})
        self.assert_finds("one newline", {"base/a.cc": "int a;"})
        self.assert_finds("one newline", {"base/a.cc": "int a;\n\n"})

    def test_leftovers(self):
        self.assert_finds("leftover", {"docs/a.md": "# A\n\nTO" "DO: more\n"})

    def test_function_length(self):
        body = "  f();\n"
        self.assertEqual(self.findings({"base/a.cc": "void g() {\n" + body * 68 + "}\n"}), [])
        self.assert_finds("function of 71 lines", {"base/a.cc": "void g() {\n" + body * 69 + "}\n"})
        self.assert_finds("function of 71 lines", {"a.py": "def g():\n" + "    f()\n" * 70})

    def test_broken_python(self):
        self.assert_finds("a.py:2: no Python", {"a.py": "a = 1\nb = = 2\n"})

    def test_file_length_is_a_note(self):
        self.assert_finds("note: 501 lines", {"base/a.cc": "int a;\n" * 501})

    def test_layers(self):
        self.assert_finds("base may not include from protocol",
                          {"base/a.cc": '#include "protocol/b.h"\n', "protocol/b.h": HEADER})
        self.assert_finds("protocol may not include from engine/io",
                          {"protocol/a.cc": '#include "engine/io/b.h"\n', "engine/io/b.h": HEADER})
        self.assert_finds("is no file", {"base/a.cc": '#include "b.h"\n', "base/b.h": HEADER})
        self.assertEqual(self.findings({"tests/a_test.cc": '#include "engine/io/b.h"\n',
                                        "engine/io/b.h": HEADER}), [])

    def test_layer_table(self):
        self.assert_finds("does not come before", {"cmake/layers.txt": "base: app\napp:\n"})
        self.assert_finds("c lists b but not its a", {"cmake/layers.txt": "a:\nb: a\nc: b\n"})

    def test_purpose_comment(self):
        self.assert_finds("no #pragma once", {"base/a.h": PURPOSE})
        self.assert_finds("15 words", {"base/a.h": "// A thing.\n#pragma once\n"})
        header = PURPOSE + "\nint a;\n#pragma once\n"
        self.assert_finds("only the purpose comment", {"base/a.h": header})

    def test_banned_words_name_their_replacement(self):
        for path, code, replacement in [
            ("engine/room/a.cc", "auto t = std::chrono::steady_clock::now();", "driver.now()"),
            ("app/a.cc", "auto t = time(nullptr);", "driver.now()"),
            ("loadgen/a.cc", "std::random_device d;", "base::Prng"),
            ("app/a.cc", "int a = rand();", "base::Prng"),
            ("engine/room/a.cc", "#include <liburing.h>", "Submission"),
            ("engine/io/submission.cc", "io(sqe);", "submission"),
            ("engine/room/a.cc", "int s = ::socket(a, b, c);", "Submission"),
            ("engine/room/a.cc", "std::thread t;", "service thread"),
            ("loadgen/a.cc", "std::jthread t;", "service thread"),
            ("app/auth/a.cc", 'auto* a = std::getenv("A");', "app/config"),
            ("protocol/a.cc", "std::shared_ptr<int> p;", "handle"),
            ("base/a.cc", "std::function<void()> f;", "template parameter"),
            ("engine/room/a.cc", "std::mutex m;", "mailbox"),
            ("app/a.cc", "assert(a);", "CHECK"),
            ("engine/room/a.cc", "std::abort();", "CHECK"),
            ("protocol/a.cc", "std::printf(a);", "base/log.h"),
            ("tests/a_test.cc", "int* p = NULL;", "nullptr"),
            ("app/a.cc", "using namespace std;", "names themselves"),
        ]:
            with self.subTest(code=code):
                self.assert_finds(replacement, {path: code + "\n"})

    def test_banned_words_where_they_are_allowed(self):
        self.assertEqual(self.findings({
            "engine/io/uring_driver.cc": "#include <liburing.h>\nclock_gettime(a, b);\ncqe();\n",
            "engine/shard/shard_group.cc": "std::thread t;\n",
            "engine/room/a.cc": "// A mutex? std::mutex, rand().\nsession.send(a); runtime(0);\n"
                                "static_assert(true); CHECK(a); on_exit(b); void abort(int);\n"
                                "strand(); auto n = std::thread::hardware_concurrency();\n",
            "app/config/a.cc": 'auto* a = std::getenv("A");\n',
            "app/store/service_thread.cc": "std::thread t;\n",
            "base/log.cc": "std::shared_ptr<int> a; std::mutex b;\n",
            "tests/a_test.cc": "std::shared_ptr<int> a; std::thread b;\n",
            "tests/b_test.cc": "using namespace std::literals;\n",
        }), [])

    def test_namespace_is_the_folder(self):
        self.assert_finds("name it base", {"base/a.cc": "namespace engine {\nint a;\n}\n"})
        code = "namespace {\nint a;\n}\nnamespace base {\n}\n"
        self.assertEqual(self.findings({"base/a.cc": code}), [])
        code = "namespace base {\nclass A;\n}\nnamespace app {\n}\n"
        self.assertEqual(self.findings({"app/a.cc": code}), [])

    def test_dead_headers(self):
        files = {
            "base/a.h": HEADER,
            "base/b.h": HEADER,
            "base/a.cc": '#include "base/a.h"\n#include "base/b.h"\n',
            "tests/base/a_test.cc": '#include "base/a.h"\n',
        }
        self.assertEqual(self.findings(files, check=tidy.check_dead_headers),
                         ["base/a.h:1: no other file includes this header: is it dead?"])

    def test_markdown(self):
        def in_docs(text):
            return {"docs/a.md": "# A\n\n" + text + "\n"}

        self.assert_finds("2 titles", in_docs("# B\n\n```\n# code\n```"))
        self.assert_finds("a.md:3: no such file: b.md", in_docs("[b](b.md)"))
        self.assert_finds("a.md:3: no such file: docs/c.md", in_docs("See `docs/c.md`."))
        self.assert_finds("a.md:4: no such file: docs/run", in_docs("```\ndocs/run --now\n```"))
        self.assertEqual(self.findings(in_docs("`http://x.org/docs/c`, `docs/b/<c>/`")), [])
        self.assertEqual(self.findings(in_docs("`docs/a_<b>.cc`")), [])
        self.assertEqual(self.findings(in_docs("`other/c.md` is in no folder of ours")), [])

    def test_members_that_documents_name(self):
        header = {"base/a.h": HEADER + "\nclass Reader {\n  int next();\n};\n"
                                       "enum class Kind : int { one };\n"}
        for text, finding in [("`Reader::next`, `Kind::one`, `base::Reader::next`", None),
                              ("`std::Out::of` is no name of ours.", None),
                              ("`Reader::last` reads.", "a.md:3: no such name: Reader::last"),
                              ("`Writer::next`", "no such name: Writer::next")]:
            files = {**header, "docs/a.md": f"# A\n\n{text}\n"}
            with self.subTest(text=text):
                if finding:
                    self.assert_finds(finding, files)
                else:
                    self.assertEqual(self.findings(files), [])
        old = {**header, "perf/a.md": "# A\n\n`Reader::last` took 7 us.\n"}
        self.assertEqual(self.findings(old), [])

    def test_modes(self):
        self.assert_finds("chmod +x", {"scripts/a": "#!/bin/sh\n"})
        self.assert_finds("chmod -x", {"base/a.cc": "int a;\n"}, modes=["base/a.cc"])
        self.assertEqual(self.findings({"scripts/a": "#!/bin/sh\n"}, modes=["scripts/a"]), [])

    def test_blobs(self):
        self.assert_finds("at most 262144", {"perf/a.bin": b"\0" * (256 * 1024 + 1)})

    def test_corpus_is_left_alone(self):
        self.assertEqual(self.findings({"tests/fuzz/corpus/frame/a": b"TO" b"DO \r\n#!\xff"}), [])


if __name__ == "__main__":
    unittest.main()
