"""A millrace that speaks native events: a configuration and a secret of its own, and its server
API. Callers on other threads than their event loop's: api() blocks."""

import http.client
import json
import pathlib
import signal
import tempfile
from typing import NamedTuple

from support import gateway, metrics, tokens


class ApiAnswer(NamedTuple):
    status: int
    body: dict
    headers: dict


class NativeGateway(gateway.Gateway):
    """`tables`: the configuration by table, over what every test needs; None leaves a key out."""

    def __init__(self, tables=None, more="", listen=("127.0.0.1:0",)):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-test-")
        self.file = pathlib.Path(self.folder.name) / "millrace.toml"
        (self.file.parent / "secret").write_text(tokens.SECRET)
        self.tables = {
            "server": {"shards": 3, "close_timeout": "1s"},
            "auth": {"mode": "token", "secret_file": str(self.file.parent / "secret")},
            "admin": {"listen": "127.0.0.1:0"},
            "log": {"level": "trace"},
            "drain": {"timeout": "2s"},
        }
        self.write(tables, more)
        try:
            super().__init__("--config", self.file, listen=listen, raw=False)
        except BaseException:
            self.folder.cleanup()
            raise
        said = self.wait_for_output(r"server API on \S+ \(port (\d+)\)")[0]
        self.admin_port = int(said.group(1))

    def write(self, tables=None, more=""):
        """Writes the configuration: what it said before, and this over it."""
        for table, keys in (tables or {}).items():
            self.tables[table] = {key: value for key, value
                                  in {**self.tables.get(table, {}), **keys}.items()
                                  if value is not None}
        lines = []
        for table, keys in self.tables.items():
            lines.append(f"[{table}]")
            # What JSON writes for texts, numbers, booleans and lists is TOML, too.
            lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        self.file.write_text("\n".join(lines) + "\n" + more)

    def reload(self, tables=None, more="", says="reload: "):
        """Asks for the configuration to be read again; waits until it is said to have been."""
        self.write(tables, more)
        before = len(self.lines_with(says))
        self.signal(signal.SIGHUP)
        return self.wait_for_output(says, before + 1)[-1]

    def lines_with(self, pattern):
        return [line for line in self.output().splitlines() if pattern in line]

    def api(self, method, path, body=None, **headers):
        """One call of the server API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port,
                                                timeout=gateway.PATIENCE_S)
        try:
            said = {"Content-Type": "application/json", **headers}
            connection.request(method, "/api/v1" + path,
                               None if body is None else json.dumps(body), said)
            response = connection.getresponse()
            return ApiAnswer(response.status, json.loads(response.read() or b"null"),
                             dict(response.getheaders()))
        finally:
            connection.close()

    def post(self, path, **body):
        """A call that must succeed."""
        answer = self.api("POST", path, body)
        if answer.status != 200:
            raise AssertionError(f"{path} was answered {answer}")
        return answer.body

    def get(self, path):
        answer = self.api("GET", path)
        if answer.status != 200:
            raise AssertionError(f"{path} was answered {answer}")
        return answer.body

    def page(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port,
                                                timeout=gateway.PATIENCE_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def metrics(self):
        return metrics.parse(self.page("/metrics")[1])

    def __exit__(self, kind, value, trace):
        try:
            super().__exit__(kind, value, trace)
        finally:
            self.folder.cleanup()


class NativeGatewayTest(gateway.GatewayTest):
    """Tests of one class that share one gateway, of the class's `tables` and `more`."""

    tables = {}
    more = ""

    @classmethod
    def setUpClass(cls):
        cls.gateway = NativeGateway(cls.tables, cls.more)

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__(None, None, None)
