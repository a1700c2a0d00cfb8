"""The Debian package, made from what is built: its names, dependencies, files and their modes; the
programs in it run; its scripts add and take away what they should; lintian has nothing to say."""

import gzip
import os
import pathlib
import re
import shutil
import stat
import tempfile
import unittest

from serving import BUILD, ROOT, run

PROGRAMS = ("millrace", "millrace-load")
UNIT = "lib/systemd/system/millrace.service"
DOC = "usr/share/doc/millrace"
MUST_HAVE = {
    "usr/bin/millrace", "usr/bin/millrace-load", UNIT, "etc/millrace/millrace.toml",
    f"{DOC}/copyright", f"{DOC}/changelog.gz", f"{DOC}/NEWS.gz", f"{DOC}/README.md",
    f"{DOC}/OPERATIONS.md", f"{DOC}/TUNING.md", f"{DOC}/examples/seccomp.json",
    f"{DOC}/examples/prometheus/millrace_alerts.yml", f"{DOC}/examples/grafana/millrace.json",
    f"{DOC}/examples/kubernetes/deployment.yaml",
    "usr/share/man/man8/millrace.8.gz", "usr/share/man/man1/millrace-load.1.gz",
}


def version():
    project = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(millrace VERSION (\S+)", project).group(1)


def checked(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("cpack", "dpkg-deb", "dpkg-shlibdeps"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"{tool} is not installed")
        missing = [name for name in PROGRAMS if not (BUILD / "bin" / name).is_file()]
        if missing or not (BUILD / "CPackConfig.cmake").is_file():
            raise unittest.SkipTest(f"{BUILD} has no {missing or 'CPackConfig.cmake'}: build first")
        made = tempfile.TemporaryDirectory(prefix="millrace-package-")
        cls.addClassCleanup(made.cleanup)
        folder = pathlib.Path(made.name)
        checked("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", folder,
                umask=0o077)  # Which must not show.
        (cls.package,) = folder.glob("*.deb")
        cls.root, cls.control = folder / "root", folder / "control"
        checked("dpkg-deb", "-x", cls.package, cls.root)
        checked("dpkg-deb", "-e", cls.package, cls.control)
        cls.files = {str(path.relative_to(cls.root)) for path in cls.root.rglob("*")
                     if not path.is_dir()}

    def field(self, name):
        return checked("dpkg-deb", "-f", self.package, name).strip()

    def test_what_it_is_called(self):
        machine = checked("dpkg", "--print-architecture").strip()
        self.assertEqual(self.package.name, f"millrace_{version()}_{machine}.deb")
        fields = [self.field(name) for name in ("Package", "Version", "Architecture")]
        self.assertEqual(fields, ["millrace", version(), machine])

    def test_what_it_needs_is_read_from_the_programs(self):
        needs = {need.split()[0] for need in self.field("Depends").split(", ")}
        self.assertLessEqual({"adduser", "libc6", "liburing2", "libssl3", "libstdc++6"}, needs)
        self.assertFalse([need for need in needs if need.endswith("-dev")])

    def test_what_is_in_it(self):
        self.assertEqual(MUST_HAVE - self.files, set())
        for file in self.files:
            self.assertRegex(file, r"^(etc/millrace|lib/systemd/system|usr/bin|usr/share)/")

    def test_owners_and_modes(self):
        for line in checked("dpkg-deb", "-c", self.package).splitlines():
            rights, owner, *_, path = line.split()
            is_program = path.startswith("./usr/bin/m")
            wanted = "drwxr-xr-x" if path.endswith("/") else (
                "-rwxr-xr-x" if is_program else "-rw-r--r--")
            self.assertEqual((rights, owner), (wanted, "root/root"), path)
        for name in ("postinst", "prerm", "postrm"):
            self.assertEqual(mode(self.control / name), 0o755)

    def test_what_an_operator_changes_is_kept_by_an_upgrade(self):
        settings = {"/" + file for file in self.files if file.startswith("etc/")}
        self.assertEqual(set((self.control / "conffiles").read_text().split()), settings)

    def test_the_unit_starts_what_is_in_the_package(self):
        unit = (self.root / UNIT).read_text()
        commands = re.findall(r"^ExecStart(?:Pre)?=(\S+).*--config (\S+)$", unit, re.MULTILINE)
        self.assertEqual(len(commands), 2)
        for path in (path for command in commands for path in command):
            self.assertIn(path.lstrip("/"), self.files)

    def test_the_programs_run(self):
        for name in PROGRAMS:
            program = self.root / "usr/bin" / name
            self.assertIn(version(), checked(program, "--version"))
            ours, built = checked(program, "--help"), checked(BUILD / "bin" / name, "--help")
            self.assertEqual(ours.replace(str(program), name),
                             built.replace(str(BUILD / "bin" / name), name))
            self.assertNotIn(".debug_info", checked("readelf", "--sections", "--wide", program))

    def test_the_papers(self):
        license_text = " ".join((ROOT / "LICENSE").read_text().split())
        copyright_text = re.sub(r"\n \.\n", "\n ", (self.root / DOC / "copyright").read_text())
        copyright_text = " ".join(copyright_text.split())
        self.assertIn(license_text[license_text.index("Permission is"):], copyright_text)
        holder = re.search(r"Copyright \(c\) (.*?) Permission", license_text).group(1)
        self.assertIn(f"Copyright: {holder} ", copyright_text)
        changelog = gzip.decompress((self.root / DOC / "changelog.gz").read_bytes()).decode()
        self.assertTrue(changelog.startswith(f"millrace ({version()}) "), changelog)
        news = gzip.decompress((self.root / DOC / "NEWS.gz").read_bytes()).decode()
        self.assertEqual(news, (ROOT / "CHANGELOG.md").read_text())

    def test_lintian_has_nothing_to_say(self):
        self.assertIsNotNone(shutil.which("lintian"), "scripts/install test")
        done = run("lintian", "--fail-on", "error,warning", "--allow-root", self.package)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class ScriptsTest(unittest.TestCase):
    """The scripts of the package, on a root of their own and with tools that only note their
    calls."""

    TOOLS = ("adduser", "deluser", "deb-systemd-helper", "deb-systemd-invoke", "systemctl")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-scripts-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "root"
        self.tools = pathlib.Path(folder.name) / "tools"
        self.log = pathlib.Path(folder.name) / "log"
        for made in ("run/systemd/system", "etc/millrace", "var/lib/millrace"):
            (self.root / made).mkdir(parents=True)
        (self.root / "etc/millrace/millrace.env").write_text("MILLRACE_AUTH_SECRET=x\n")
        self.tools.mkdir()
        for tool in self.TOOLS:
            self.put_tool(tool, 'echo "${0##*/} $*" >>"$LOG"')

    def put_tool(self, name, line):
        (self.tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (self.tools / name).chmod(0o755)

    def calls(self, script, *words):
        self.log.write_text("")
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "LOG": str(self.log),
                       "DPKG_ROOT": str(self.root)}
        checked(ROOT / "deploy/debian" / script, *words, env=environment)
        return self.log.read_text().splitlines()

    def test_installing_adds_a_user_and_enables_but_does_not_start(self):
        calls = self.calls("postinst", "configure", "")
        self.assertRegex(calls[0], r"^adduser .*--system.* millrace$")
        self.assertIn("deb-systemd-helper enable millrace.service", calls)
        self.assertEqual(calls[-1], "systemctl --system daemon-reload")
        self.assertFalse([call for call in calls if re.search(r"\b(re)?start\b", call)])

    def test_what_the_operator_disabled_stays_so(self):
        self.put_tool("deb-systemd-helper",
                      'echo "${0##*/} $*" >>"$LOG"; [ "$2" != was-enabled ]')
        calls = self.calls("postinst", "configure", "0.0.9")
        self.assertNotIn("deb-systemd-helper enable millrace.service", calls)
        self.assertIn("deb-systemd-helper update-state millrace.service", calls)

    def test_an_upgrade_leaves_a_running_gateway_alone(self):
        for script, words in (("prerm", ("upgrade", "0.2.0")), ("postrm", ("upgrade", "0.2.0")),
                              ("postinst", ("abort-upgrade", "0.2.0"))):
            self.assertEqual(self.calls(script, *words), [])

    def test_removing_stops_it_and_keeps_the_configuration(self):
        self.assertEqual(self.calls("prerm", "remove"),
                         ["deb-systemd-invoke stop millrace.service"])
        calls = self.calls("postrm", "remove")
        self.assertIn("systemctl --system daemon-reload", calls)
        self.assertFalse([call for call in calls if call.startswith("deluser")])
        self.assertTrue((self.root / "etc/millrace/millrace.env").exists())

    def test_purging_leaves_nothing(self):
        calls = self.calls("postrm", "purge")
        self.assertIn("deb-systemd-helper purge millrace.service", calls)
        self.assertIn("deluser --quiet --system millrace", calls)
        self.assertFalse((self.root / "etc/millrace").exists())
        self.assertFalse((self.root / "var/lib/millrace").exists())

    def test_without_systemd_nothing_is_asked_of_it(self):
        (self.root / "run/systemd/system").rmdir()
        for script, words in (("postinst", ("configure", "")), ("prerm", ("remove",)),
                              ("postrm", ("remove",)), ("postrm", ("purge",))):
            calls = self.calls(script, *words)
            self.assertFalse([call for call in calls if call.startswith("systemctl")], script)
            self.assertFalse([call for call in calls if "stop" in call], script)


if __name__ == "__main__":
    unittest.main()
