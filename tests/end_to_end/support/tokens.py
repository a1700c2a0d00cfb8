"""Mints JSON Web Tokens: HS256 by the standard library, RS256 and ES256 by the openssl program, so
that no code under test, nor a library that it uses, has a hand in them."""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import subprocess
import time

SECRET = "an-example-secret-of-more-than-32-bytes"
LIFETIME_S = 600


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value):
    return base64url(json.dumps(value).encode())


def claims_of(user, tenant="acme", **more):
    """The claims of a good token; None takes one away."""
    claims = {"sub": user, "tenantId": tenant, "exp": int(time.time()) + LIFETIME_S, **more}
    return {name: value for name, value in claims.items() if value is not None}


def hs256(claims, secret=SECRET, header=None):
    """A token of any claims under any header, signed as HS256 whatever the header says."""
    header = {"alg": "HS256", "typ": "JWT"} if header is None else header
    signed = f"{part(header)}.{part(claims)}"
    key = secret if isinstance(secret, bytes) else secret.encode()
    return f"{signed}.{base64url(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def mint(user, tenant="acme", **more):
    return hs256(claims_of(user, tenant, **more))


def unsigned(claims, algorithm="none", signature=""):
    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}.{signature}"


def openssl(*arguments, data=None):
    return subprocess.run(("openssl", *map(str, arguments)), input=data, capture_output=True,
                          check=True).stdout


def integers_of_der(der):
    """The two integers of an ECDSA signature as JWS has them: 32 octets each (RFC 7518, 3.4)."""
    numbers, at = [], 2
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return b"".join(number.to_bytes(32, "big") for number in numbers)


class KeyPair:
    """An RSA or P-256 key in a folder of the test's."""

    def __init__(self, folder, kid, algorithm="RS256"):
        self.kid = kid
        self.algorithm = algorithm
        self.private = pathlib.Path(folder) / f"{kid}.pem"
        options = (("RSA", "rsa_keygen_bits:2048") if algorithm == "RS256"
                   else ("EC", "ec_paramgen_curve:P-256"))
        openssl("genpkey", "-algorithm", options[0], "-pkeyopt", options[1], "-out", self.private)
        self.public_pem = openssl("pkey", "-in", self.private, "-pubout").decode()

    def sign(self, claims, **header):
        signed = f"{part({'alg': self.algorithm, 'kid': self.kid, **header})}.{part(claims)}"
        signature = openssl("dgst", "-sha256", "-sign", self.private, data=signed.encode())
        if self.algorithm == "ES256":
            signature = integers_of_der(signature)
        return f"{signed}.{base64url(signature)}"

    def mint(self, user, tenant="acme", **more):
        return self.sign(claims_of(user, tenant, **more))

    def jwk(self):
        """The public key as a key set has it (RFC 7517)."""
        if self.algorithm == "ES256":
            point = openssl("pkey", "-in", self.private, "-pubout", "-outform", "DER")[-64:]
            return {"kty": "EC", "crv": "P-256", "kid": self.kid, "alg": "ES256", "use": "sig",
                    "x": base64url(point[:32]), "y": base64url(point[32:])}
        text = openssl("rsa", "-in", self.private, "-noout", "-modulus").decode()
        modulus = bytes.fromhex(re.search(r"Modulus=([0-9A-F]+)", text).group(1))
        return {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig",
                "n": base64url(modulus), "e": base64url(b"\x01\x00\x01")}
