"""Reads the metrics page: the Prometheus text format, strictly, so that a slip in it is found."""

import re
from typing import NamedTuple

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)(?: -?\d+)?")
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME})(?: (.*))?")
SUFFIXES = ("_bucket", "_sum", "_count", "")


class Sample(NamedTuple):
    name: str
    labels: dict
    value: float


class Metrics:
    """The page's samples, and the type of each family."""

    def __init__(self):
        self.samples = []
        self.types = {}

    def value(self, name, **labels):
        """The sum over the samples of that name with at least those labels."""
        found = [sample.value for sample in self.samples
                 if sample.name == name and labels.items() <= sample.labels.items()]
        if not found:
            raise AssertionError(f"no metric {name} {labels} among {sorted(self.names())}")
        return sum(found)

    def names(self):
        return {sample.name for sample in self.samples}


def parse_labels(text):
    labels = dict(LABEL.findall(text))
    if LABEL.sub("", text).strip(",") != "":
        raise AssertionError(f"labels that are none: {text!r}")
    return labels


def family_of(name, types):
    return next((name.removesuffix(suffix) for suffix in SUFFIXES
                 if name.endswith(suffix) and name.removesuffix(suffix) in types), None)


def parse(text):
    """Parses a page, or says by an AssertionError which line is wrong."""
    page = Metrics()
    for line in text.splitlines():
        if comment := COMMENT.fullmatch(line):
            kind, name, rest = comment.groups()
            if kind == "TYPE":
                if name in page.types:
                    raise AssertionError(f"{name} has two types")
                page.types[name] = rest
        elif line and not line.startswith("#"):
            sample = SAMPLE.fullmatch(line)
            if not sample:
                raise AssertionError(f"no sample: {line!r}")
            name, labels, value = sample.groups()
            if family_of(name, page.types) is None:
                raise AssertionError(f"no type before {line!r}")
            page.samples.append(Sample(name, parse_labels(labels or ""), float(value)))
    keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in page.samples]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise AssertionError(f"samples that come twice: {sorted(twice)}")
    return page
