"""A certificate authority of the tests' own, made with the openssl command.

    authority = Authority(folder)            makes ca.pem and its key there
    authority.pem                            what a client has to trust
    authority.issue(names=("localhost", "127.0.0.1"), days=30, name="server") -> Certificate(ca, certificate, key)
                                             PEM files; days=-1: it has expired; other names: a mismatch
"""

import dataclasses
import ipaddress
import pathlib
import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclasses.dataclass(frozen=True)
class Certificate:
    ca: pathlib.Path
    certificate: pathlib.Path
    key: pathlib.Path


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed:\n{done.stdout}")


def alternative_name(name):
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


class Authority:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.pem = self.folder / "ca.pem"
        self._key = self.folder / "ca.key"
        openssl("req", "-x509", *KEY, "-keyout", self._key, "-out", self.pem, "-subj", "/CN=Authority of the tests", "-days", 30,
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, names=("localhost", "127.0.0.1"), days=30, name="server"):
        made = Certificate(self.pem, self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
                              f"subjectAltName={','.join(map(alternative_name, names))}\n", encoding="ascii")
        openssl("req", *KEY, "-keyout", made.key, "-out", request, "-subj", "/CN=A server of the tests")
        openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self._key, "-days", days, "-extfile", extensions,
                "-out", made.certificate)
        return made
