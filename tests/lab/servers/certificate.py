# SPDX-License-Identifier: GPL-2.0-or-later
"""Throw-away certificates, made anew for every run and valid on the corpus's own calendar."""
import os

from net import command

CONFIG = """
[ca]
default_ca = lab
[lab]
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[leaf]
subjectAltName = {names}
"""


def make(directory, stem, name, names):
    """A self-signed certificate: returns the paths of certificate and key."""
    work = os.path.join(directory, stem + ".ca")
    os.makedirs(work)
    for file, text in (("index", ""), ("serial", "01\n"), ("conf", CONFIG.format(dir=work, names=names))):
        with open(os.path.join(work, file), "w") as f:
            f.write(text)
    cert, key, request = (os.path.join(directory, stem + s) for s in (".pem", ".key", ".csr"))
    conf = os.path.join(work, "conf")
    command(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-config", conf, "-subj", "/CN=" + name, "-keyout", key, "-out", request])
    command(["openssl", "ca", "-batch", "-selfsign", "-config", conf, "-keyfile", key, "-notext",
             "-startdate", "20260101000000Z", "-enddate", "20360101000000Z", "-in", request, "-out", cert])
    return cert, key
