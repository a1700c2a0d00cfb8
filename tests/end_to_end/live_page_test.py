"""The live page in a real browser, over figures that the test makes up and changes.

The page and its policy are those of app/web/live_page.cc. live_page_gateway_test.py looks at the
page of a real gateway.
"""

import base64
import hashlib
import http.server
import json
import math
import pathlib
import re
import threading
import unittest

from support import browser, pictures

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARKUP = "<b id=injected>bold</b>"  # Must be shown as it is.
KEY = "a-key-of-this-test"
STAGES = {"receive": (2, 9), "route": (1, 4), "ring": (3, 24), "queue": (6, 310),
          "write": (9, 1450)}


def live_page():
    source = (ROOT / "app/web/live_page.cc").read_text()
    return re.search(r'R"html\((.*?)\)html"', source, re.DOTALL).group(1)


def policy(page):
    """What the program sends with the page: its own script and style, and nothing else."""
    hashes = {}
    for tag in ("script", "style"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL).group(1)
        hashes[tag] = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    source = (ROOT / "app/web/live_page.cc").read_text()
    rest = "".join(re.findall(r'"(; connect-src[^"]*)"\s*"([^"]*)"', source)[0])
    return (f"default-src 'none'; script-src 'sha256-{hashes['script']}'; "
            f"style-src 'sha256-{hashes['style']}'{rest}")


class Figures:
    """A gateway with a steady load: in each second 1,000 messages come and 50,000 go."""

    def __init__(self):
        self.second = 0  # Moved by each request, so that the page's rates are known.
        self.draining = False
        self.restarted_at = 0
        self.key = None
        self.silent = False

    def at(self, second):
        up = second - self.restarted_at
        wave = 1 + 0.25 * math.sin(second / 9)
        return {
            "time": 1_790_000_000_000 + 1000 * second, "uptime_s": up + 90_000 * (up == second),
            "connections": int(48_000 * wave), "connections_limit": 100_000,
            "rates": {"messages_in": 1000 * up, "messages_out": 50_000 * up,
                      "deliveries": 50_000 * up, "bytes_in": 64_000 * up,
                      "bytes_out": 3_276_800 * up, "opens": 20 * up, "closes": 18 * up},
            "latency": {stage: {"p50_us": p50, "p99_us": p99 * wave}
                        for stage, (p50, p99) in STAGES.items()},
            "rooms": [{"tenant": "acme", "name": "market:flatbed", "members": 12_431},
                      {"tenant": "acme", "name": MARKUP, "members": 803},
                      {"tenant": "globex", "name": "support", "members": 77}],
            "slowest": [{"id": "c-1f3a", "tenant": "acme", "user": "ada", "pending_bytes": 786_432,
                         "rtt_ms": 182.5},
                        {"id": "c-0b77", "tenant": "globex", "user": "bob", "pending_bytes": 9_216,
                         "rtt_ms": None}],
            "memory": {"resident_bytes": 412_000_000, "user_bytes_per_connection": 912,
                       "kernel_bytes_per_connection": 2_650, "held_bytes": 38_000_000,
                       "budget_bytes": 512_000_000, "level": "refuse"},
            "errors": {"RATE_LIMITED": 2 * up, "PERMISSION_DENIED": 40, "SERVER_ERROR": 0},
            "auth_failures": {"expired": 17},
            "shards": [{"connections": int(24_000 * wave), "turns": 9000 * up, "busy_share": 0.42},
                       {"connections": int(24_000 * wave), "turns": 9100 * up,
                        "busy_share": 0.93}],
            "draining": self.draining, "version": "0.1.0"}


class Admin:
    """A server of the page and its figures on a free port; ended with the context."""

    def __init__(self, figures):
        page = live_page().encode()
        headers = {"Content-Security-Policy": policy(live_page())}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/":
                    self.reply(200, "text/html; charset=utf-8", page, headers)
                elif self.path != "/live.json" or figures.silent:
                    self.reply(500, "application/problem+json", b"{}")
                elif figures.key and self.headers["Authorization"] != f"Bearer {figures.key}":
                    self.reply(401, "application/problem+json", b"{}")
                else:
                    figures.second += 1
                    body = json.dumps(figures.at(figures.second)).encode()
                    self.reply(200, "application/json", body)

            def reply(self, status, content_type, body, more=()):
                self.send_response(status)
                for name, value in {"Content-Type": content_type, "Content-Length": len(body),
                                    **dict(more)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


# Asks for figures without waiting, so that the charts have a past: `count` of them.
HURRY = """const done = arguments[arguments.length - 1];
(async () => { for (let i = 0; i < %d; ++i) await ask(); done(samples.length); })();"""


class LivePageTest(pictures.Pictures):
    prefix = "live-"
    picture_bytes_least = 5000

    def hurry(self, page, count):
        return page.call("POST", "/execute/async", {"script": HURRY % count, "args": []})

    def resize(self, page, width, height):
        page.call("POST", "/window/rect", {"width": width, "height": height})

    def test_the_page_shows_the_figures_and_their_rates(self):
        with Admin(Figures()) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            self.assertEqual(page.call("GET", "/title"), "Millrace live")
            page.wait_for_text("#state", "live")
            self.hurry(page, 250)
            page.wait_for_text("#in", "1,000")
            page.wait_for_text("#deliveries", "50,000")
            self.assertEqual(page.text("#connections-of"), "of 100,000")
            self.assertEqual(page.text("#memory"), "393 MiB")
            self.assertEqual(page.text("#level"), "level refuse")
            self.assertEqual(page.text("#errors-rate"), "2.0/s")
            self.assertIn("up 1 d 1 h", page.text("#uptime"))
            self.assertIn("0.1.0", page.text("#version"))
            self.assertRegex(page.text("#p99"), r"^1(\.\d\d?)? ms$")
            self.assertIn("market:flatbed 12,431", page.text("#rooms"))
            self.assertIn(MARKUP, page.text("#rooms"))
            self.assertIsNone(page.run("return document.querySelector('#injected')"))
            self.assertIn("c-1f3a acme/ada 768 KiB 183 ms", page.text("#slowest"))
            self.assertIn("RATE_LIMITED event", page.text("#errors"))
            self.assertIn("expired authentication 17", page.text("#errors"))
            self.assertNotIn("SERVER_ERROR", page.text("#errors"))
            self.assertIn("93 %", page.text("#shards"))
            points = page.run("return document.querySelector('#chart-connections path')"
                              ".getAttribute('d').split('L').length")
            self.assertGreater(points, 200)
            self.resize(page, 1400, 1300)
            self.picture(page, "wide")
            self.assertEqual(chromium.console_errors(), [])

    def test_it_keeps_five_minutes_and_no_more(self):
        with Admin(Figures()) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            page.wait_for_text("#state", "live")
            self.assertEqual(self.hurry(page, 350), 300)

    def test_arrow_keys_read_the_past_of_a_chart(self):
        with Admin(Figures()) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            page.wait_for_text("#state", "live")
            self.hurry(page, 60)
            chart = "document.querySelector('#chart-messages svg')"
            page.run(f"{chart}.focus()")
            page.call("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": [
                {"type": "keyDown", "value": "\ue012"}, {"type": "keyUp", "value": "\ue012"}]}]})
            label = page.run(f"return {chart}.getAttribute('aria-label')")
            self.assertIn("Messages per second, 5 s ago: in 1,000", label)
            self.assertIsNotNone(page.run(f"return {chart}.querySelector('.cursor')"))

    def test_it_fits_a_narrow_and_a_dark_screen(self):
        with Admin(Figures()) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            page.wait_for_text("#state", "live")
            self.hurry(page, 120)
            self.viewport(page, 400, 1600)
            self.assertLessEqual(page.run("return document.documentElement.scrollWidth"), 400)
            self.picture(page, "narrow")
            self.viewport(page, 1300, 1250)
            before = page.run("return getComputedStyle(document.body).backgroundColor")
            self.color_scheme(page, "dark")
            after = page.run("return getComputedStyle(document.body).backgroundColor")
            self.assertNotEqual(before, after)
            self.hurry(page, 1)
            self.picture(page, "dark")

    def test_it_asks_for_a_key_and_keeps_it_with_the_tab(self):
        figures = Figures()
        figures.key = KEY
        with Admin(figures) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            page.wait_for_text("#state", "needs a key")
            page.type("#key", "a wrong one")
            page.click("#ask button")
            page.wait_for_text("#refused", "not valid")
            self.picture(page, "key")
            page.type("#key", KEY)
            page.click("#ask button")
            page.wait_for_text("#state", "live")
            self.assertFalse(page.run("return document.querySelector('#ask').checkVisibility()"))
            page.call("POST", "/refresh", {})
            page.wait_for_text("#state", "live")
            self.assertIsNone(page.run("return localStorage.getItem('millrace-key')"))

    def test_it_says_when_the_server_drains_restarts_or_is_gone(self):
        figures = Figures()
        with Admin(figures) as url, browser.Browser() as chromium:
            page = chromium.open(url)
            page.wait_for_text("#state", "live")
            figures.draining = True
            page.wait_for_text("#state", "draining")
            figures.draining = False
            figures.restarted_at = figures.second
            self.hurry(page, 3)
            # Rates neither leap nor fall below zero when the counters begin anew.
            lowest = page.run("return Math.min(...samples.map((one) => one.rate.messages_in ?? 0))")
            self.assertGreaterEqual(lowest, 0)
            page.wait_for_text("#in", "1,000")
            figures.silent = True
            page.wait_for_text("#state", "no answer")
            figures.silent = False
            page.wait_for_text("#state", "live")


if __name__ == "__main__":
    unittest.main()
