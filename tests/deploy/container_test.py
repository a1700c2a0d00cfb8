"""deploy/Containerfile and deploy/seccomp.json: what the image is made of exists, it runs what the
systemd unit runs, as nobody; and a millrace under the filter serves."""

import ctypes
import json
import pathlib
import re
import shlex
import tomllib
import unittest

from serving import ROOT, page, run, serving

CONTAINERFILE = ROOT / "deploy/Containerfile"
PROFILE = ROOT / "deploy/seccomp.json"
SETTINGS = tomllib.loads((ROOT / "deploy/millrace.toml").read_text())


def instructions():
    """(name, arguments) of each, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line]


def arguments_of(name):
    return [arguments for found, arguments in instructions() if found == name]


def packages_of(command):
    """The packages that a RUN line's apt-get installs; those it built itself left out."""
    for part in command.split("&&"):
        words = shlex.split(part)
        if words[:2] == ["apt-get", "install"]:
            yield from (word for word in words[2:] if not word.startswith(("-", "/")))


class ContainerfileTest(unittest.TestCase):
    def test_all_that_is_copied_exists(self):
        copied = [words.split() for words in arguments_of("COPY")]
        here = [words[:-1] for words in copied if not words[0].startswith("--from=")]
        self.assertEqual(len(copied) - len(here), 1)
        for path in (path for paths in here for path in paths):
            self.assertTrue((ROOT / path).exists(), path)

    def test_what_is_copied_from_the_build_is_made_there(self):
        (source,) = [words.split()[1] for words in arguments_of("COPY")
                     if words.startswith("--from=build")]
        (workdir,) = arguments_of("WORKDIR")
        build = " ".join(arguments_of("RUN"))
        preset = re.search(r"cmake --preset (\w+)", build).group(1)
        self.assertEqual(source, f"{workdir}/build/{preset}/package/*.deb")
        self.assertIn(f"cmake --build --preset {preset} --target package", build)
        presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
        self.assertIn(preset, [entry["name"] for entry in presets])
        packaging = (ROOT / "cmake/packaging.cmake").read_text()
        self.assertIn("CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package", packaging)

    def test_each_package_is_one_of_debian(self):
        if not any(pathlib.Path("/var/lib/apt/lists").glob("*_Packages*")):
            self.skipTest("no lists of Debian's packages here: apt-get update")
        packages = {package for run_line in arguments_of("RUN") for package in
                    packages_of(run_line)}
        self.assertGreaterEqual(packages, {"curl", "dpkg-dev"})
        self.assertIn("scripts/install run", " ".join(arguments_of("RUN")))
        listed = (ROOT / "scripts/packages").read_text()
        packages |= set(re.findall(r"^run: (\S+)", listed, re.MULTILINE))
        shown = run("apt-cache", "show", *sorted(packages)).stdout
        known = set(re.findall(r"^Package: (\S+)$", shown, re.MULTILINE))
        self.assertEqual(packages - known, set())

    def test_both_stages_are_of_one_debian(self):
        images = [words.split()[0] for words in arguments_of("FROM")]
        self.assertEqual([image.removesuffix("-slim") for image in images],
                         ["docker.io/library/debian:12"] * 2)

    def test_it_runs_what_the_unit_runs_as_nobody(self):
        (entry,) = map(json.loads, arguments_of("ENTRYPOINT"))
        (words,) = map(json.loads, arguments_of("CMD"))
        unit = (ROOT / "deploy/millrace.service").read_text()
        self.assertIn("ExecStart=" + " ".join(entry + words) + "\n", unit)
        (user,) = arguments_of("USER")
        self.assertRegex(user, r"^[1-9]\d*:[1-9]\d*$")
        self.assertEqual(arguments_of("STOPSIGNAL"), ["SIGTERM"])

    def test_its_ports_are_those_of_the_configuration(self):
        (clients,) = SETTINGS["server"]["listen"]
        admin = SETTINGS["admin"]["listen"]
        ports = [address.rpartition(":")[2] for address in (clients, admin)]
        self.assertEqual(arguments_of("EXPOSE"), [" ".join(ports)])
        (check,) = arguments_of("HEALTHCHECK")
        command = json.loads(check.partition("CMD ")[2])
        self.assertEqual(command[-1], f"http://{admin}/health")


# libseccomp's numbers.
ACTIONS = {"SCMP_ACT_ALLOW": 0x7FFF0000, "SCMP_ACT_ERRNO": 0x00050000}
COMPARISONS = {"SCMP_CMP_MASKED_EQ": 7}


class Comparison(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("kind", ctypes.c_int), ("mask", ctypes.c_uint64),
                ("value", ctypes.c_uint64)]


def load_profile(library, profile):
    """Puts this process under the filter, as a container's engine does."""
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    context = library.seccomp_init(ACTIONS[profile["defaultAction"]] | profile["defaultErrnoRet"])
    for rule in profile["syscalls"]:
        action = ACTIONS[rule["action"]] | rule.get("errnoRet", 0)
        wanted = rule.get("args", [])
        compared = (Comparison * len(wanted))(*(
            (entry["index"], COMPARISONS[entry["op"]], entry["value"], entry["valueTwo"])
            for entry in wanted))
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number >= 0:  # Others are of other machines.
                library.seccomp_rule_add_array(context, action, number, len(wanted), compared)
    if library.seccomp_load(context) != 0:
        raise OSError("the kernel did not take the filter")


class ProfileTest(unittest.TestCase):
    def setUp(self):
        self.profile = json.loads(PROFILE.read_text())

    def test_what_it_lets_through(self):
        self.assertEqual(self.profile["defaultAction"], "SCMP_ACT_ERRNO")
        free = {name for rule in self.profile["syscalls"] for name in rule["names"]
                if rule["action"] == "SCMP_ACT_ALLOW" and "args" not in rule}
        self.assertLessEqual({"io_uring_setup", "io_uring_enter", "io_uring_register"}, free)
        kept_away = {"bpf", "clone", "clone3", "init_module", "kexec_load", "keyctl", "mount",
                     "perf_event_open", "ptrace", "reboot", "setns", "unshare"}
        self.assertEqual(kept_away & free, set())

    def test_millrace_serves_under_it(self):
        try:
            library = ctypes.CDLL("libseccomp.so.2")
        except OSError:
            self.skipTest("libseccomp is not installed")
        with serving(preexec=lambda: load_profile(library, self.profile)) as address:
            self.assertIn(b"millrace_shards 2", page(address, "/metrics"))

    def test_without_io_uring_in_it_millrace_says_so(self):
        """The filter of this test is one: without the three calls nothing starts."""
        try:
            library = ctypes.CDLL("libseccomp.so.2")
        except OSError:
            self.skipTest("libseccomp is not installed")
        for rule in self.profile["syscalls"]:
            rule["names"] = [name for name in rule["names"] if not name.startswith("io_uring")]
        with self.assertRaisesRegex(AssertionError, "io_uring"):
            with serving(preexec=lambda: load_profile(library, self.profile)):
                self.fail("it serves")


if __name__ == "__main__":
    unittest.main()
