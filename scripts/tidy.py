#!/usr/bin/python3
"""Holds every file of the repository to the style that a machine can check: lengths, layers,
purpose comments, banned words with what to write instead, documents, file modes.

    scripts/tidy.py            every file; exit code 1 when something is to be mended
    scripts/tidy.py --stats    lengths and density of checks, per folder

It reads what git tracks or would track, needs no build, and has no list of exemptions by file name:
a rule that a file cannot meet is either wrong or says here, as a pattern, where it does not apply.
"""

import argparse
import ast
import collections
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
from typing import NamedTuple

import cpp_text

LINE_WIDTH_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_HIGH = 500
BLOB_BYTES_MAX = 256 * 1024
PURPOSE_WORDS_MIN = 15

CPP = {".h", ".cc"}
CODE = CPP | {".py", ".cmake", ".sh", ".mjs", ".js", ".ts", ".toml", ".yml", ".yaml"}
PRODUCT = ("base", "protocol", "engine", "app", "loadgen", "millrace")
GENERATED_HEADERS = {"millrace_version.h"}


class Finding(NamedTuple):
    path: str
    line: int
    message: str
    is_note: bool = False  # Shown, but nothing that must be mended.

    def __str__(self):
        return f"{self.path}:{self.line}: {'note: ' if self.is_note else ''}{self.message}"


class Ban(NamedTuple):
    words: str  # A regular expression on code without comments and strings.
    instead: str
    where: str  # Both are regular expressions on the path, matched from its start.
    except_where: str = r"$^"


URING = r"engine/io/uring_|tests/engine/io/uring_"
CORE = r"(?:base|protocol|engine)/"  # What a shard runs and the simulator must be able to own.
BANS = [
    Ban(
        r"\b(?:steady_clock|system_clock|high_resolution_clock|clock_gettime|gettimeofday)\b",
        "driver.now(), or an Instant handed down",
        CORE + r"|tests/sim/",
        URING,
    ),
    Ban(
        r"\bstd::time\b|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)",
        "driver.now()",
        CORE + "|app/|tests/sim/",
    ),
    Ban(
        r"\bs?rand\s*\(|\brandom_device\b|\bmt19937(?:_64)?\b|\bgetrandom\s*\(",
        "base::Prng or driver.random(), which a seed can repeat",
        CORE + r"|app/|loadgen/|tests/",
        URING,
    ),
    Ban(r"#\s*include\s*<liburing", "a Submission to the driver", r"", URING + r"|perf/"),
    Ban(r"\b(?:sqe|cqe)\b", "submission and completion", r"", URING + r"|perf/"),
    Ban(
        r"(?<![\w>)])::(?:socket|accept4?|connect|bind|listen|recv\w*|send\w*|epoll_\w+|poll)\s*\(",
        "a Submission to the driver",
        CORE,
        URING,
    ),
    Ban(
        r"\bstd::j?thread\b(?!::)|\bpthread_create\b|\bstd::async\b",
        "a shard, or a service thread of app",
        r"(?:base|protocol|engine|app|loadgen)/",
        r"engine/shard/shard_group\.|app/main\.cc|app/(?:\w+/)*service_thread|loadgen/main\.cc"
        r"|base/log_thread\.",
    ),
    Ban(
        r"\bthis_thread::sleep|\b(?:u|nano)?sleep\s*\(",
        "a deadline of the reactor",
        CORE + r"|tests/sim/",
        r"base/log_thread\.",
    ),
    Ban(
        r"\b(?:secure_)?getenv\s*\(",
        "an option of app/config",
        r"",
        r"app/config/|loadgen/native/token_secret|tests/",  # A secret is no flag: ps would show it.
    ),
    Ban(
        r"\b(?:std::)?(?:shared_ptr|make_shared|weak_ptr)\b",
        "a handle, or the shared payload",
        CORE,
        r"base/log(_thread)?\.",
    ),
    Ban(
        r"\bstd::function\b",
        "a template parameter, or a function and its context",
        CORE,
        r"engine/shard/posted_tasks\.",
    ),
    Ban(
        r"\bstd::(?:\w+_)?mutex\b|\bcondition_variable\b|\b(?:lock_guard|\w+_lock)\s*[<{(]",
        "a mailbox between shards",
        CORE,
        r"base/log\.|engine/shard/posted_tasks\.",
    ),
    Ban(r"\bthread_local\b", "a field of Shard", r"(?:protocol|engine)/"),
    Ban(
        r"(?<![\w.>])assert\s*\(|<cassert>|<assert\.h>",
        "CHECK, which stays on in release, or DCHECK",
        r"",
    ),
    Ban(
        r"\bstd::(?:cout|cerr|clog)\b|(?<![\w.>])(?:std::)?f?printf\s*\(",
        "base/log.h",
        CORE,
        r"base/(?:log|check)\.",
    ),
    Ban(
        r"\bstd::(?:abort|_?[eE]xit|quick_exit|terminate)\s*\(|(?<![\w.>:])(?:::)?_?exit\s*\(",
        "CHECK for a bug, an Outcome or a Violation for the rest",
        CORE,
        r"base/check\.",
    ),
    Ban(r"\bNULL\b", "nullptr", r""),
    Ban(r"^\s*typedef\b", "using", r""),
    Ban(
        r"\busing\s+namespace\b(?!\s+std::(?:chrono_|string_view_)?literals\b)",
        "the names themselves",
        r"",
    ),
]
LEFTOVER = re.compile(r"\b(?:FIX" r"ME|TO" r"DO)\b")


class Repository:
    """The files under a root, read once, and the table of layers."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = sorted(path for path in self.list_files() if (self.root / path).is_file())
        self.layers = self.read_layers()
        self.texts = {}
        self.classes = None

    def list_files(self):
        if (self.root / ".git").exists() and shutil.which("git"):
            command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
            listed = subprocess.run(command, cwd=self.root, capture_output=True, check=False)
            if listed.returncode == 0:
                return {path for path in listed.stdout.decode().split("\0") if path}
        # No git, or git refuses: a folder of another owner, for one.
        skipped = {"build", "node_modules", "__pycache__"}
        found = set()
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in skipped]
            found |= {str((pathlib.Path(folder) / name).relative_to(self.root)) for name in files}
        return found

    def read_layers(self):
        table = {}
        path = self.root / "cmake/layers.txt"
        for line in path.read_text().splitlines() if path.exists() else []:
            if line and not line.startswith("#"):
                folder, _, allowed = line.partition(":")
                table[folder] = allowed.split()
        return table

    def layer_of(self, path):
        folders = [folder for folder in self.layers if path.startswith(folder + "/")]
        return max(folders, key=len, default=None)

    def text(self, path):
        """The file's text, or None when it is not text."""
        if path not in self.texts:
            content = (self.root / path).read_bytes()
            try:
                self.texts[path] = None if b"\0" in content else content.decode()
            except UnicodeDecodeError:
                self.texts[path] = None
        return self.texts[path]


def suffix(path):
    return pathlib.PurePath(path).suffix


def is_data(path):
    """Inputs of tests, recorded results, locks of package managers: kept byte for byte."""
    return re.search(r"/corpus/|^perf/results/|package-lock\.json$", path) is not None


def check_text(repository, path):
    """Line ends, trailing space, line width, leftovers."""
    text = repository.text(path)
    if not text:
        return
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield Finding(path, text.count("\n") + 1, "end the file with one newline")
    is_code = suffix(path) in CODE or path.endswith("CMakeLists.txt") or text.startswith("#!")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield Finding(path, number, "drop the space at the end of the line")
        if "\t" in line and is_code:
            yield Finding(path, number, "write spaces, not tabs")
        if is_code and len(line) > LINE_WIDTH_MAX:
            yield Finding(path, number, f"{len(line)} columns; at most {LINE_WIDTH_MAX}")
        if LEFTOVER.search(line):
            leftover = LEFTOVER.search(line).group()
            yield Finding(path, number, f"leftover {leftover}: do it or drop it")


def check_mode(repository, path):
    executable = os.access(repository.root / path, os.X_OK)
    shebang = (repository.root / path).read_bytes()[:2] == b"#!"
    if executable and not shebang:
        yield Finding(path, 1, "executable without a #! line: chmod -x")
    if shebang and not executable:
        yield Finding(path, 1, "a #! line but not executable: chmod +x")


def check_size(repository, path):
    size = (repository.root / path).stat().st_size
    if size > BLOB_BYTES_MAX:
        yield Finding(path, 1, f"{size} bytes; at most {BLOB_BYTES_MAX}: generate it, or fetch it")


def functions_of(repository, path):
    text = repository.text(path)
    if suffix(path) in CPP:
        return cpp_text.functions(text)
    return [
        cpp_text.Function(node.name, node.lineno, node.end_lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def check_lengths(repository, path):
    if suffix(path) not in CPP | {".py"} or not repository.text(path):
        return
    lines = repository.text(path).count("\n")
    if lines > FILE_LINES_HIGH:
        message = f"{lines} lines, above {FILE_LINES_HIGH}: is this more than one subject?"
        yield Finding(path, lines, message, is_note=True)
    try:
        functions = functions_of(repository, path)
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, f"no Python: {error.msg}")
        return
    for function in functions:
        if function.lines > FUNCTION_LINES_MAX:
            length = f"{function.lines} lines, at most {FUNCTION_LINES_MAX}"
            yield Finding(path, function.first, f"function of {length}: {function.head[:60]}")


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)


def includes_of(text):
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1)


def check_layers(repository, path):
    layer = repository.layer_of(path)
    if suffix(path) not in CPP or layer is None:
        return
    allowed = repository.layers[layer]
    for line, included in includes_of(repository.text(path)):
        if included in GENERATED_HEADERS:
            continue
        if not (repository.root / included).is_file():
            yield Finding(path, line, f'"{included}" is no file: write includes from the root')
            continue
        target = repository.layer_of(included)
        if target != layer and target not in allowed and "*" not in allowed:
            yield Finding(path, line, f"{layer} may not include from {target} (cmake/layers.txt)")


def check_layer_table(repository):
    """Each layer lists only layers above its own line, and all that those list in turn."""
    seen = []
    for layer, allowed in repository.layers.items():
        for target in allowed if "*" not in allowed else []:
            if target not in seen:
                message = f"{layer} lists {target}, which does not come before it"
                yield Finding("cmake/layers.txt", 1, message)
                continue
            for missing in sorted(set(repository.layers[target]) - set(allowed)):
                message = f"{layer} lists {target} but not its {missing}"
                yield Finding("cmake/layers.txt", 1, message)
        seen.append(layer)


def check_purpose(repository, path):
    if suffix(path) != ".h":
        return
    comment, found, _ = repository.text(path).partition("#pragma once\n")
    lines = comment.strip().split("\n")
    if not found:
        yield Finding(path, 1, "no #pragma once")
    elif not all(line.startswith("//") for line in lines):
        yield Finding(path, 1, "only the purpose comment may come before #pragma once")
    elif len(re.findall(r"[\w'-]+", comment)) < PURPOSE_WORDS_MIN:
        wanted = f"{PURPOSE_WORDS_MIN} words or more, before #pragma once"
        yield Finding(path, 1, f"say what this header is for: {wanted}")


def check_banned(repository, path):
    if suffix(path) not in CPP:
        return
    code = cpp_text.strip_comments_and_strings(repository.text(path))
    for ban in BANS:
        if not re.match(ban.where, path) or re.match(ban.except_where, path):
            continue
        for match in re.finditer(ban.words, code, re.MULTILINE):
            words = " ".join(match.group().strip(" (:").split())
            line = code.count("\n", 0, match.end()) + 1
            yield Finding(path, line, f"`{words}` has no place here; instead: {ban.instead}")


def check_namespace(repository, path):
    """Top-level folder = namespace; others may be opened besides, for a forward declaration."""
    folder = path.partition("/")[0]
    if suffix(path) not in CPP or folder not in PRODUCT:
        return
    text = repository.text(path)
    opened = list(re.finditer(r"^namespace (\w+)", text, re.MULTILINE))
    if opened and folder not in {match.group(1) for match in opened}:
        line = text.count("\n", 0, opened[0].start()) + 1
        yield Finding(path, line, f"namespace {opened[0].group(1)} in {folder}/: name it {folder}")


def check_dead_headers(repository):
    """Every header of a layer has a user other than the .cc and the test of the same name."""
    used = set()
    for path in repository.paths:
        text = repository.text(path) or ""
        if suffix(path) in CPP:
            stem = pathlib.PurePath(path).stem.removesuffix("_test")
            used |= {name for _, name in includes_of(text) if pathlib.PurePath(name).stem != stem}
        elif path.startswith("cmake/"):
            used |= set(re.findall(r"[\w/]+\.h\b", text))
    for path in repository.paths:
        if suffix(path) == ".h" and repository.layer_of(path) and path not in used:
            yield Finding(path, 1, "no other file includes this header: is it dead?")


FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
NAMED_PATH = re.compile(r"(?<![\w/.<-])((?:\.ci|[a-z]\w*)/[\w./*-]*[\w*/])(?!/?[\w<{$])")


def check_markdown(repository, path):
    if suffix(path) != ".md":
        return
    text = repository.text(path)
    prose = FENCE.sub(lambda match: cpp_text.blank(match.group()), text)
    titles = re.findall(r"^# ", prose, re.MULTILINE)
    if len(titles) != 1:
        yield Finding(path, 1, f"{len(titles)} titles (`# `); a document has one")
    folder = (repository.root / path).parent
    for match in LINK.finditer(prose):
        if "://" not in match.group(1) and not match.group(1).startswith("mailto:"):
            if not (folder / match.group(1)).exists():
                line = prose.count("\n", 0, match.start()) + 1
                yield Finding(path, line, f"no such file: {match.group(1)}")
    top_folders = {name.partition("/")[0] for name in repository.paths if "/" in name}
    for code in re.finditer(r"`[^`\n]+`|^(```|~~~).*?^\1", text, re.MULTILINE | re.DOTALL):
        for match in NAMED_PATH.finditer(code.group()):
            name = match.group(1)
            is_ours = name.partition("/")[0] in top_folders
            if is_ours and not any(repository.root.glob(name.rstrip("/"))):
                line = text.count("\n", 0, code.start() + match.start()) + 1
                yield Finding(path, line, f"no such file: {name}")


# Documents that tell of the code as it is; what was measured or changed once keeps its names.
OF_TODAY = re.compile(r"docs/|(?!CHANGELOG)[^/]*$")
MEMBER = re.compile(r"(?<!\w)(?<!std::)([A-Z]\w*)::(\w+)")


def classes_of(repository):
    """The texts of the headers that define each class, by its name."""
    if repository.classes is None:
        repository.classes = collections.defaultdict(list)
        for path in repository.paths:
            if suffix(path) != ".h" or not repository.layer_of(path):
                continue
            text = repository.text(path) or ""
            for name in set(re.findall(r"\b(?:class|struct) (\w+)\b[^;{}()]*{", text)):
                repository.classes[name].append(text)
    return repository.classes


def check_members(repository, path):
    """What a document calls `Class::member` is a word of a header that defines the class."""
    if suffix(path) != ".md" or not OF_TODAY.match(path):
        return
    text = repository.text(path)
    for match in MEMBER.finditer(text):
        member = re.compile(rf"\b{match.group(2)}\b")
        if not any(member.search(header) for header in classes_of(repository)[match.group(1)]):
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(path, line, f"no such name: {match.group()}")


def check(repository):
    yield from check_layer_table(repository)
    yield from check_dead_headers(repository)
    for path in repository.paths:
        yield from check_size(repository, path)
        if is_data(path) or (repository.root / path).is_symlink():
            continue
        yield from check_mode(repository, path)
        if repository.text(path) is None:
            continue
        yield from check_text(repository, path)
        yield from check_lengths(repository, path)
        yield from check_layers(repository, path)
        yield from check_purpose(repository, path)
        yield from check_banned(repository, path)
        yield from check_namespace(repository, path)
        yield from check_markdown(repository, path)
        yield from check_members(repository, path)


def spread(values):
    """Median, ninetieth percentile and maximum."""
    ordered = sorted(values) or [0]
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    return f"{statistics.median(ordered):.0f}/{high}/{ordered[-1]}"


def print_stats(repository):
    row = "{:<20}{:>6}{:>16}{:>11}{:>16}{:>17}"
    print(row.format("layer", "files", "file lines", "functions", "lines", "checks/function"))
    by_layer = collections.defaultdict(list)
    for path in repository.paths:
        if suffix(path) in CPP and repository.layer_of(path):
            by_layer[repository.layer_of(path)].append(path)
    for layer, paths in by_layer.items():
        texts = [repository.text(path) for path in paths]
        functions = [function for text in texts for function in cpp_text.functions(text)]
        code = "".join(cpp_text.strip_comments_and_strings(text) for text in texts)
        checks = len(re.findall(r"\bD?CHECK\w*\s*\(", code)) / max(1, len(functions))
        file_lines = spread(text.count("\n") for text in texts)
        function_lines = spread(function.lines for function in functions)
        counts = (len(paths), file_lines, len(functions), function_lines, f"{checks:.2f}")
        print(row.format(layer, *counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--stats", action="store_true", help="print lengths instead of checking")
    parser.add_argument("--list", nargs="+", metavar="SUFFIX", help="print the files so named")
    options = parser.parse_args()
    repository = Repository(options.root)
    if options.list:
        print(*(path for path in repository.paths if suffix(path) in options.list), sep="\n")
        return 0
    if options.stats:
        print_stats(repository)
        return 0
    findings = sorted(check(repository))
    for finding in findings:
        print(finding)
    to_mend = sum(not finding.is_note for finding in findings)
    notes = len(findings) - to_mend
    print(f"tidy: {to_mend} to mend, {notes} notes, {len(repository.paths)} files")
    return 1 if to_mend > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
