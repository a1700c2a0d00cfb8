"""An auth service, and a source of keys, over real HTTP: it can be slow, lie, be killed and come
back on the same port. As a context it is killed with the test."""

import http.server
import json
import threading
import time


class AuthService:
    """Knows `users`, by token. `answer`, if set, is what every question is answered, truth or not:
    a function of the token that returns a status and the octets of a body."""

    def __init__(self):
        self.users = {}
        self.keys = []  # Of GET: a key set (RFC 7517).
        self.delay_s = 0
        self.answer = None
        self.asked = []
        self.fetched = 0
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.server = None
        self.thread = None
        self.port = 0
        self.start()

    def start(self):
        """Also after kill(): on the port that it had."""
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                question = service.question_of(json.loads(self.rfile.read(size)))
                with service.lock:
                    service.asked.append(question)
                self.say(*service.answer_to(question))

            def do_GET(self):
                with service.lock:
                    service.fetched += 1
                    keys = list(service.keys)
                self.say(200, json.dumps({"keys": keys}).encode())

            def say(self, status, body):
                service.released.wait(service.delay_s)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # Whoever asked waited no longer.

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass  # The service is killed.

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 512
            connections = set()

            def process_request(self, request, address):
                self.connections.add(request)
                super().process_request(request, address)

            def shutdown_request(self, request):
                self.connections.discard(request)
                super().shutdown_request(request)

        self.released.clear()
        Server.connections = set()
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def question_of(self, body):
        """What a POST asks, as `asked` has it."""
        return body["token"]

    def answer_to(self, token):
        if self.answer is not None:
            return self.answer(token)
        user = self.users.get(token)
        if user is None:
            return 401, b'{"error":"no such token"}'
        return 200, json.dumps({"user": user}).encode()

    def knows(self, token, user, tenant="acme", lifetime_s=600, **more):
        self.users[token] = {"id": user, "tenantId": tenant,
                             "expiresAt": int(time.time()) + lifetime_s, **more}
        return token

    def kill(self):
        """Nobody listens any more, and whoever is connected is cut off."""
        if self.server is None:
            return
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.server.connections):
            try:
                connection.shutdown(2)
            except OSError:
                pass
        self.thread.join()
        self.server = None

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class AccessService(AuthService):
    """Decides about rooms. It allows what nobody has put into `denied`: (user, operation, room)."""

    def __init__(self):
        self.denied = set()
        self.ttl = None
        super().__init__()

    def question_of(self, body):
        return body["user"], body["operation"], body["room"]

    def answer_to(self, question):
        if self.answer is not None:
            return self.answer(question)
        said = {"allowed": question not in self.denied}
        if self.ttl is not None:
            said["ttl"] = self.ttl
        return 200, json.dumps(said).encode()
