"""A user name and a password, said only to who asks for them: Digest (RFC 7616) or Basic authentication."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
from collections.abc import Mapping

_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class Credentials:
    """A user name and a password, and what the other side last asked for."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._lock = threading.Lock()
        self._scheme = ""
        self._asked: dict[str, str] = {}
        self._count = 0

    def challenged(self, headers: Mapping[str, str], said: str) -> bool:
        """Whether there is something else to answer to a 401 than what was ``said``."""
        found = re.match(r"\s*(Digest|Basic)\b(.*)", headers.get("www-authenticate", ""), re.I | re.S)
        if not self._user or not found:
            return False
        asked = {
            name.lower(): quoted or bare
            for name, quoted, bare in re.findall(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))', found[2])
        }
        scheme = found[1].lower()
        if scheme == "digest" and asked.get("algorithm", "MD5").upper() not in _HASHES:
            return False
        with self._lock:
            new = scheme != self._scheme or (scheme == "digest" and asked != self._asked)
            if new:
                self._scheme, self._asked, self._count = scheme, asked, 0
        return new or not said

    def header(self, method: str, target: str) -> dict[str, str]:
        """The header that answers the last challenge, none before the first."""
        with self._lock:
            self._count += 1
            scheme, asked, count = self._scheme, self._asked, self._count
        if scheme == "basic":
            both = f"{self._user}:{self._password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(both).decode()}"}
        if scheme == "digest":
            return {"Authorization": self._digest(method, target, asked, f"{count:08x}")}
        return {}

    def _digest(self, method: str, target: str, asked: Mapping[str, str], count: str) -> str:
        """RFC 7616, with ``qop=auth`` where it is offered."""
        algorithm = asked.get("algorithm", "MD5").upper()

        def digest(*parts: str) -> str:
            return hashlib.new(_HASHES[algorithm], ":".join(parts).encode()).hexdigest()

        realm, nonce, own = asked.get("realm", ""), asked.get("nonce", ""), secrets.token_hex(8)
        secret, request = digest(self._user, realm, self._password), digest(method, target)
        quoted = {"username": self._user, "realm": realm, "nonce": nonce, "uri": target}
        bare = {"algorithm": algorithm}
        if "auth" in asked.get("qop", "").replace(",", " ").split():
            quoted |= {"response": digest(secret, nonce, count, own, "auth", request), "cnonce": own}
            bare |= {"qop": "auth", "nc": count}
        else:
            quoted |= {"response": digest(secret, nonce, request)}
        if "opaque" in asked:
            quoted["opaque"] = asked["opaque"]
        fields = [f'{name}="{value}"' for name, value in quoted.items()]
        return "Digest " + ", ".join(fields + [f"{name}={value}" for name, value in bare.items()])
