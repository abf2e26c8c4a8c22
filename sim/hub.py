"""Somebody who talks to the hub over HTTP."""

import requests

SECONDS = 30


class Answered(Exception):
    """The hub said no."""

    def __init__(self, method: str, path: str, response: requests.Response):
        try:
            self.code = response.json().get("code", "")
        except ValueError:
            self.code = ""
        self.status = response.status_code
        super().__init__(f"{method} {path}: {self.status} {self.code}".rstrip())


class Client:
    """With a token of an officer, or nobody in particular. Not for several threads at the same time."""

    def __init__(self, url: str, token: "str | None" = None):
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False  # Nothing of this goes through a proxy.
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **arguments) -> requests.Response:
        """The answer, or Answered when it is an error. No secret of the path's query stands in that."""
        response = self._http.request(method, self.url + path, timeout=SECONDS, **arguments)
        if response.status_code >= 400:
            raise Answered(method, path.split("?")[0], response)
        return response

    def get(self, path: str, **arguments) -> dict:
        return self.call("GET", path, **arguments).json()

    def post(self, path: str, body: dict, key: "str | None" = None) -> "tuple[int, dict]":
        response = self.call("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})
        return response.status_code, response.json() if response.content else {}
