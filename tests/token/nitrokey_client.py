"""Makes calls of Nitrokey's own client (package "nitrokey") and prints what they bring.

Standard input: a JSON list of [method, {argument: value}]; texts that begin with "hex:" and
all others become bytes, numbers and truth values stay. Standard output: a JSON list.

Their transport and their SecretsApp, but not their device class: that one asks the admin
application of a whole Nitrokey 3 for its status first, and here is the secrets application
alone.
"""

import dataclasses
import datetime
import json
import sys

from nitrokey.nk3.secrets_app import Algorithm, Kind, SecretsApp, SecretsAppException
from nitrokey.trussed._connection.ccid import list_ccid

ATR = list(bytes.fromhex("3B8F01805D4E6974726F6B657900000000006A"))


class Device:
    def __init__(self, connection):
        self.connection = connection

    def _call_app(self, app, response_len=None, data=b""):
        return self.connection.call_app(app, data, response_len)


def argument(name, value):
    if name == "kind":
        return Kind[value]
    if name == "algo":
        return Algorithm[value]
    if isinstance(value, str):
        return bytes.fromhex(value[4:]) if value.startswith("hex:") else value.encode()
    return value


def printable(value):
    if isinstance(value, bytes):
        try:
            return value.decode("ascii")
        except UnicodeDecodeError:
            return "hex:" + value.hex()
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: printable(getattr(value, field.name)) for field in fields}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    if isinstance(value, (Kind, Algorithm)):
        return value.name
    return value


def call(app, method, arguments):
    # PINs are texts to their client.
    if method.endswith("_pin_raw"):
        result = getattr(app, method)(**arguments)
        # Their client may not select again between PIN and use, and takes 100 ms for long enough
        # to remember that. On a busy machine it is not.
        if method == "verify_pin_raw":
            app.dev.connection._secrets_pin_cache += datetime.timedelta(seconds=30)
        return result
    arguments = {name: argument(name, value) for name, value in arguments.items()}
    return getattr(app, method)(**arguments)


def main():
    (connection,) = list_ccid(ATR, exclusive=True)
    app = SecretsApp(Device(connection))
    results = []
    for method, arguments in json.load(sys.stdin):
        try:
            results.append(printable(call(app, method, arguments)))
        except SecretsAppException as error:
            results.append({"error": error.code})
    # Not their close(), which wants a newer pyscard than Debian has.
    connection.card.disconnect()
    print(json.dumps(results))


main()
