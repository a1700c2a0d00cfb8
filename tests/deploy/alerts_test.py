"""deploy/prometheus and deploy/grafana: promtool takes the configuration, the rules and their unit
tests; every alert is tested both ways and has a section in docs/OPERATIONS.md; every expression of
the dashboard is PromQL; and all of them read metrics that millrace has."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus/millrace_alerts.yml"
UNIT_TESTS = ROOT / "tests/deploy/alerts_test.yml"
DASHBOARD = ROOT / "deploy/grafana/millrace.json"
OPERATIONS = ROOT / "docs/OPERATIONS.md"
PATIENCE_S = 60


def promtool(*words):
    tool = shutil.which("promtool")
    if tool is None:
        raise AssertionError("promtool is missing: scripts/install test")
    done = subprocess.run([tool, *map(str, words)], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)
    return done.returncode, done.stdout + done.stderr


def alerts():
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return group["rules"]


def unit_tests():
    return yaml.safe_load(UNIT_TESTS.read_text())["tests"]


def panels():
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if
            panel["type"] != "row"]


def dashboard_expressions():
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def metrics_in(text):
    names = set(re.findall(r"\bmillrace_\w+", text))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def metrics_in_source():
    texts = (path.read_text() for path in (ROOT / "app").rglob("*.cc"))
    return {name for text in texts for name in re.findall(r'"(millrace_\w+)"', text)}


def anchors(document):
    """GitHub's: the heading in lower case, spaces as dashes, nothing but words and dashes."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}


class RulesTest(unittest.TestCase):
    def test_promtool_takes_the_configuration_and_the_rules(self):
        code, said = promtool("check", "config", ROOT / "deploy/prometheus/prometheus.yml")
        self.assertEqual(code, 0, said)
        code, said = promtool("check", "rules", "--lint-fatal", RULES)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(alerts())} rules found", said)

    def test_the_rules_do_as_their_unit_tests_say(self):
        with tempfile.TemporaryDirectory(prefix="millrace-alerts-") as folder:
            for file in (RULES, UNIT_TESTS):  # promtool looks beside the tests for the rules.
                shutil.copy(file, folder)
            code, said = promtool("test", "rules", pathlib.Path(folder) / UNIT_TESTS.name)
        self.assertEqual(code, 0, said)

    def test_each_alert_is_tested_firing_and_not_firing(self):
        fires = {}
        for test in unit_tests():
            for case in test["alert_rule_test"]:
                fires.setdefault(case["alertname"], set()).add(bool(case["exp_alerts"]))
        self.assertEqual(fires, {alert["alert"]: {True, False} for alert in alerts()})

    def test_each_alert_says_what_to_do(self):
        sections = anchors(OPERATIONS)
        for alert in alerts():
            with self.subTest(alert["alert"]):
                self.assertIn(alert["labels"]["severity"], ("warning", "critical"))
                self.assertEqual(alert["annotations"].keys(),
                                 {"summary", "description", "runbook_url"})
                path, _, anchor = alert["annotations"]["runbook_url"].partition("#")
                self.assertEqual(ROOT / path, OPERATIONS)
                self.assertEqual(anchor, alert["alert"].lower())
                self.assertIn(anchor, sections)


class DashboardTest(unittest.TestCase):
    def test_each_expression_is_promql(self):
        """promtool parses no bare expression, but the rules that are made of them."""
        stand_ins = {"$__rate_interval": "5m", "$job": "millrace", "$instance": ".*"}
        rules = []
        for number, expression in enumerate(dashboard_expressions()):
            for name, value in stand_ins.items():
                expression = expression.replace(name, value)
            rules.append({"record": f"dashboard:expression:{number}", "expr": expression})
        with tempfile.TemporaryDirectory(prefix="millrace-dashboard-") as folder:
            file = pathlib.Path(folder) / "rules.yml"
            file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
            code, said = promtool("check", "rules", file)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(rules)} rules found", said)

    def test_panels_are_told_apart_and_do_not_overlap(self):
        everything = json.loads(DASHBOARD.read_text())["panels"]
        self.assertEqual(len({panel["id"] for panel in everything}), len(everything))
        taken = set()
        for panel in everything:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells
        for panel in panels():
            self.assertTrue(panel["description"], panel["title"])


class MetricsTest(unittest.TestCase):
    def used(self):
        texts = [alert["expr"] for alert in alerts()] + dashboard_expressions()
        return set().union(*map(metrics_in, texts))

    def test_what_is_read_exists(self):
        self.assertEqual(self.used() - metrics_in_source(), set())

    def test_unit_tests_feed_what_the_rules_read(self):
        fed = set().union(*(metrics_in(series["series"]) for test in unit_tests()
                            for series in test["input_series"]))
        read = set().union(*(metrics_in(alert["expr"]) for alert in alerts()))
        self.assertEqual(fed, read)


if __name__ == "__main__":
    unittest.main()
