"""What scripts/tidy.py needs to know of C++ without a compiler: text without comments and strings,
and where each function begins and ends. A heuristic over the formatted code of this repository
(tests/scripts/tidy_test.py shows what it must get right), not a parser."""

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""
    (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
  | (?P<raw> \b(?:u8|u|U|L)?R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)" )
  | (?P<string> "(?:\\.|[^"\\\n])*" )
  | (?P<number> \b\d[\w.]*(?:'\w+)* )
  | (?P<char> '(?:\\.|[^'\\\n])+' )
    """,
    re.VERBOSE | re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def blank(text):
    """Spaces for everything but the line ends, so that positions and line numbers stay true."""
    return re.sub(r"[^\n]", " ", text)


def strip_comments_and_strings(text):
    def replace(match):
        if match.lastgroup == "number":
            return match.group()
        if match.group("comment") is not None:
            return blank(match.group())
        return '"' + blank(match.group()[1:-1]) + '"'

    return TOKEN.sub(replace, text)


class Function(NamedTuple):
    """A function definition: its first words and the lines it spans, counted from 1."""

    head: str
    first: int
    last: int

    @property
    def lines(self):
        return self.last - self.first + 1


def without_template_lists(head):
    """Drops the balanced <...> after each `template`, which may hold the words `class` or `=`."""
    while (match := re.search(r"\btemplate\s*<", head)) is not None:
        depth, end = 1, match.end()
        while end < len(head) and depth > 0:
            depth += {"<": 1, ">": -1}.get(head[end], 0)
            end += 1
        head = head[: match.start()] + head[end:]
    return head


CLASS_HEAD = re.compile(
    r"^(?:.*\brequires\b.*?)?\s*(?:typedef\s+|inline\s+|static\s+|constexpr\s+|const\s+)*"
    r"(?:class|struct|union|enum)\b(?!.*\)\s*(?:const|noexcept|\s)*$)",
    re.DOTALL,
)


def opens_scope(head):
    """True when the block after `head` holds declarations: a namespace, a class, extern "C"."""
    head = re.sub(r"\[\[.*?\]\]|\balignas\s*\([^()]*(?:\([^()]*\))?[^()]*\)", " ", head)
    head = without_template_lists(head).strip()
    if re.search(r'(?:\bnamespace\b[\w:\s]*|\bextern\s*"\s*")$', head):
        return True
    return CLASS_HEAD.search(head) is not None


def opens_function(head):
    """True when the block after `head` is a function's body."""
    head = without_template_lists(head)
    # A parameter list, and no "=" of an initialiser: an "=" may be a default argument, inside the
    # parentheses, or part of an operator's name.
    outside = re.sub(r"\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)", "()", head)
    outside = re.sub(r"\boperator\s*[^\s\w(]+", "operator", outside)
    return "()" in outside and re.search(r"(?<![=!<>])=(?!=)", outside) is None


def end_of_block(code, start):
    """The position after the brace that closes the one at `start`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


ACCESS = re.compile(r"^\s*(?:public|private|protected)\s*:(?!:)")
REQUIRES_EXPRESSION = re.compile(r"(?:=|&&|\|\||\brequires|\()\s*requires\s*(?:\([^()]*\))?\s*$")
MEMBER_INITIALISER = re.compile(r"\)[^;{}]*(?<!:):(?!:)[^;{}]*[\w>]\s*$", re.DOTALL)


def is_part_of_head(head):
    """True when the block after `head` is a requires expression, a member's initialiser before a
    constructor's body, or a default argument."""
    return (
        REQUIRES_EXPRESSION.search(head) is not None
        or MEMBER_INITIALISER.search(head) is not None
        or head.count("(") > head.count(")")
    )


def functions(text):
    """Every function defined in `text`, lambdas and local classes counted with their function."""
    code = DIRECTIVE.sub(lambda match: blank(match.group()), strip_comments_and_strings(text))
    found = []
    head_start = position = 0
    while (match := re.compile(r"[;{}]").search(code, position)) is not None:
        opened, position = match.start(), match.end()
        head = code[head_start:opened]
        if match.group() != "{" or opens_scope(ACCESS.sub("", head)):
            head_start = position
            continue
        position = end_of_block(code, opened)
        if is_part_of_head(head):  # What it heads is to come; "()" stands in for the block.
            code = code[:opened] + "()" + blank(code[opened + 2 : position]) + code[position:]
            continue
        if opens_function(head):
            found.append(make_function(code, head_start, position))
        head_start = position
    return found


def make_function(code, start, end):
    access = ACCESS.match(code[start:end])
    start += access.end() if access else 0
    start += len(code[start:end]) - len(code[start:end].lstrip())
    head = " ".join(code[start : code.index("{", start)].split())
    return Function(head, code.count("\n", 0, start) + 1, code.count("\n", 0, end) + 1)
