"""The page at `/` in a real browser: two people in a room, who see what the other one says."""

import json
import unittest

from support import browser, gateway
from support.pictures import Pictures

MARKUP = "<b id=injected>bold</b> & 'quotes' é€𝄞"  # Must be shown as it is, and change nothing.


class BrowserTest(Pictures):
    def join(self, page, room, name):
        page.type("#room", room)
        page.type("#name", name)
        page.click("#join button")
        page.wait_for_text("#state", f"in {room}")

    def say(self, page, text):
        # The keyboard of WebDriver knows no character above U+FFFF.
        page.run(f"document.querySelector('#text').value = {json.dumps(text)}")
        page.click("#send")

    def test_two_pages_in_a_room(self):
        with gateway.Gateway("--shards", "2") as server, browser.Browser() as chromium:
            ada, bob = chromium.open(server.url("/")), chromium.open(server.url("/"))
            self.assertEqual(ada.call("GET", "/title"), "Millrace room")
            self.join(ada, "über uns", "Ada")
            self.join(bob, "über uns", "Bob")

            ada.type("#text", "Good morning, Bob")
            ada.click("#send")
            bob.wait_for_text("#log", "Ada: Good morning, Bob")
            self.say(bob, MARKUP)
            ada.wait_for_text("#log", f"Bob: {MARKUP}")
            self.assertIsNone(ada.run("return document.querySelector('#injected')"))
            self.assertEqual(ada.text("#log").count("Good morning"), 1, "the sender sees it once")
            self.picture(ada, "ada")
            self.picture(bob, "bob")

            self.join(bob, "elsewhere", "Bob")
            self.say(ada, "Still there?")
            ada.wait_for_text("#log", "Ada: Still there?")
            self.assertNotIn("Still there?", bob.text("#log"))
            self.assertEqual(chromium.console_errors(), [])

    def test_the_page_says_when_the_server_ends(self):
        with gateway.Gateway() as server, browser.Browser() as chromium:
            page = chromium.open(server.url("/?room=end&name=Ada"))
            page.wait_for_text("#state", "in end")
            server.stop()
            page.wait_for_text("#state", "closed (1001)")
            self.picture(page, "closed")


if __name__ == "__main__":
    unittest.main()
