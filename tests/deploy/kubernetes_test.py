"""deploy/kubernetes: the manifests agree with each other, with the configuration that they carry,
with the image and with the alerts: names, labels, ports, secrets, and the times of a stop."""

import json
import re
import tempfile
import tomllib
import unittest
import urllib.parse

import yaml

from serving import MILLRACE, ROOT, has_flag, run

FOLDER = ROOT / "deploy/kubernetes"
DOCUMENTS = [document for path in sorted(FOLDER.glob("*.yaml"))
             for document in yaml.safe_load_all(path.read_text())]
VERSIONS = {
    "ConfigMap": "v1", "Secret": "v1", "Service": "v1", "Deployment": "apps/v1",
    "PodDisruptionBudget": "policy/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
    "NetworkPolicy": "networking.k8s.io/v1", "Kustomization": "kustomize.config.k8s.io/v1beta1",
}
LABELS = {"app.kubernetes.io/name": "millrace"}
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
# DESIGN's promise for an idle connection with the kernel's share, and twice that for queues.
CONNECTION_BYTES = 3 * 5 * 1024


def find(kind, name="millrace"):
    (found,) = [document for document in DOCUMENTS
                if document["kind"] == kind and document["metadata"]["name"] == name]
    return found


def bytes_of(quantity):
    number, unit = re.fullmatch(r"(\d+)(\D*)", quantity).groups()
    return int(number) * UNITS.get(unit, 1)


class ManifestsTest(unittest.TestCase):
    def setUp(self):
        self.deployment = find("Deployment")["spec"]
        self.pod = self.deployment["template"]["spec"]
        (self.container,) = self.pod["containers"]
        self.text = find("ConfigMap")["data"]["millrace.toml"]
        self.settings = tomllib.loads(self.text)
        self.ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}

    def test_kinds_names_and_labels(self):
        for document in DOCUMENTS:
            with self.subTest(f'{document["kind"]} {document.get("metadata")}'):
                self.assertEqual(document["apiVersion"], VERSIONS[document["kind"]])
                if document["kind"] != "Kustomization":
                    self.assertNotIn("namespace", document["metadata"])
                    self.assertEqual(document["metadata"]["labels"], LABELS)
        self.assertEqual({document["kind"] for document in DOCUMENTS}, VERSIONS.keys())

    def test_the_kustomization_has_every_file_but_the_secret(self):
        (listed,) = [document["resources"] for document in DOCUMENTS
                     if document["kind"] == "Kustomization"]
        files = {path.name for path in FOLDER.glob("*.yaml")}
        self.assertEqual(set(listed), files - {"kustomization.yaml", "secret.yaml"})

    def test_each_selector_finds_the_pods(self):
        labels = self.deployment["template"]["metadata"]["labels"]
        selectors = [self.deployment["selector"]["matchLabels"],
                     find("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                     find("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
                     find("Service")["spec"]["selector"],
                     find("Service", "millrace-admin")["spec"]["selector"]]
        selectors += [spread["labelSelector"]["matchLabels"]
                      for spread in self.pod["topologySpreadConstraints"]]
        for selector in selectors:
            self.assertEqual(selector, labels)
        target = find("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
        self.assertEqual((target["kind"], target["name"]), ("Deployment", "millrace"))

    def test_ports_are_those_that_the_configuration_listens_on(self):
        (clients,) = self.settings["server"]["listen"]
        listened = {"websocket": clients, "admin": self.settings["admin"]["listen"]}
        self.assertEqual({name: f"0.0.0.0:{port}" for name, port in self.ports.items()}, listened)
        targets = [port["targetPort"] for name in ("millrace", "millrace-admin")
                   for port in find("Service", name)["spec"]["ports"]]
        targets += [self.container[probe]["httpGet"]["port"] for probe in
                    ("startupProbe", "readinessProbe", "livenessProbe")]
        ingress = find("NetworkPolicy")["spec"]["ingress"]
        targets += [port["port"] for rule in ingress for port in rule["ports"]]
        self.assertEqual(set(targets), self.ports.keys())

    def test_only_some_reach_the_server_api(self):
        open_to_all = [port["port"] for rule in find("NetworkPolicy")["spec"]["ingress"]
                       if "from" not in rule for port in rule["ports"]]
        self.assertEqual(open_to_all, ["websocket"])

    def test_probes_ask_what_they_are_for(self):
        paths = {probe: self.container[probe]["httpGet"]["path"] for probe in
                 ("startupProbe", "readinessProbe", "livenessProbe")}
        self.assertEqual(paths, {"startupProbe": "/ready", "readinessProbe": "/ready",
                                 "livenessProbe": "/health"})

    def test_prometheus_is_told_where(self):
        told = self.deployment["template"]["metadata"]["annotations"]
        config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
        (job,) = config["scrape_configs"]
        (target,) = job["static_configs"][0]["targets"]
        self.assertEqual(told["prometheus.io/path"], job["metrics_path"])
        self.assertEqual(int(told["prometheus.io/port"]), self.ports["admin"])
        self.assertEqual(urllib.parse.urlsplit(f"//{target}").port, self.ports["admin"])

    def test_a_stop_has_time_for_its_drain(self):
        before = int(self.container["lifecycle"]["preStop"]["exec"]["command"][1])
        drain = int(self.settings["drain"]["timeout"].removesuffix("s"))
        self.assertGreaterEqual(self.pod["terminationGracePeriodSeconds"], before + drain + 10)

    def test_secrets_are_named_as_the_template_has_them(self):
        template = find("Secret")["stringData"]
        read = {entry["name"]: entry["valueFrom"]["secretKeyRef"]
                for entry in self.container["env"]}
        self.assertEqual(read.keys(), {"MILLRACE_AUTH_SECRET", "MILLRACE_ADMIN_API_KEY"})
        self.assertEqual({entry["key"] for entry in read.values()}, template.keys())
        self.assertEqual({entry["name"] for entry in read.values()}, {"millrace"})
        self.assertEqual(set(template.values()), {""}, "what is in a repository is no secret")
        self.assertIs(self.pod["enableServiceLinks"], False)

    def test_the_configuration_is_where_the_program_looks(self):
        (mount,) = self.container["volumeMounts"]
        (volume,) = self.pod["volumes"]
        self.assertEqual(mount["name"], volume["name"])
        self.assertEqual(volume["configMap"]["name"], find("ConfigMap")["metadata"]["name"])
        self.assertEqual(self.container["args"], ["--config", mount["mountPath"] +
                                                  "/millrace.toml"])

    def test_resources_fit_the_configuration(self):
        resources, server = self.container["resources"], self.settings["server"]
        self.assertEqual(int(resources["requests"]["cpu"]), server["shards"])
        self.assertNotIn("cpu", resources["limits"], "a quota stops all shards at once")
        self.assertGreater(bytes_of(resources["limits"]["memory"]),
                           server["connections"] * CONNECTION_BYTES)
        (pods, _) = find("HorizontalPodAutoscaler")["spec"]["metrics"]
        self.assertLess(int(pods["pods"]["target"]["averageValue"]), 0.8 * server["connections"])

    def test_numbers_of_pods_agree(self):
        scaled = find("HorizontalPodAutoscaler")["spec"]
        self.assertEqual(self.deployment["replicas"], scaled["minReplicas"])
        self.assertGreater(scaled["maxReplicas"], scaled["minReplicas"])
        self.assertLess(find("PodDisruptionBudget")["spec"]["maxUnavailable"],
                        scaled["minReplicas"])

    def test_it_runs_as_the_images_user_and_may_do_nothing_more(self):
        containerfile = (ROOT / "deploy/Containerfile").read_text()
        user, group = re.search(r"^USER (\d+):(\d+)$", containerfile, re.MULTILINE).groups()
        context = self.pod["securityContext"]
        self.assertEqual((context["runAsUser"], context["runAsGroup"]), (int(user), int(group)))
        self.assertIs(context["runAsNonRoot"], True)
        inside = self.container["securityContext"]
        self.assertIs(inside["allowPrivilegeEscalation"], False)
        self.assertIs(inside["readOnlyRootFilesystem"], True)
        self.assertEqual(inside["capabilities"], {"drop": ["ALL"]})
        self.assertEqual(context["seccompProfile"]["type"], "Localhost")
        json.loads((ROOT / "deploy/seccomp.json").read_text())

    def test_the_image_is_of_this_version(self):
        project = (ROOT / "CMakeLists.txt").read_text()
        version = re.search(r"project\(millrace VERSION (\S+)", project).group(1)
        self.assertEqual(self.container["image"], f"millrace:{version}")
        self.assertIn(f"-t millrace:{version} .", (ROOT / "deploy/Containerfile").read_text())

    def test_millrace_takes_the_configuration(self):
        if not has_flag("--check-config"):
            self.skipTest(f"{MILLRACE} has no --check-config")
        secrets = {"MILLRACE_AUTH_SECRET": "s" * 64, "MILLRACE_ADMIN_API_KEY": "k" * 64}
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(self.text)
            file.flush()
            done = run(MILLRACE, "--check-config", "--config", file.name, env=secrets)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
