"""A real redis-server to ask, and its wire: for scripts/differential and scripts/record-fidelity."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def encode(words):
    """A command as clients send it. Words are bytes."""
    out = b"*%d\r\n" % len(words)
    for word in words:
        out += b"$%d\r\n%s\r\n" % (len(word), word)
    return out


class Closed(Exception):
    """The peer closed the connection; `got` is what came before."""

    def __init__(self, got=b""):
        super().__init__("connection closed")
        self.got = got


class Wire:
    """Reads replies off a byte stream, as (raw bytes, parsed value)."""

    def __init__(self, read_some=None, buffer=b""):
        self.read_some = read_some
        self.buffer = buffer

    def more(self):
        got = self.read_some()
        if not got:
            raise Closed(self.buffer)
        self.buffer += got

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def reply(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        raw = line + b"\r\n"
        if kind in b"$=":
            if rest == b"-1":
                return raw, None
            text = self.take(int(rest) + 2)
            return raw + text, text[:-2]
        if kind in b"*~>%":
            if rest == b"-1":
                return raw, None
            items = []
            for _ in range(int(rest) * (2 if kind == b"%" else 1)):
                part, value = self.reply()
                raw += part
                items.append(value)
            return raw, items
        if kind == b":":
            return raw, int(rest)
        return raw, line


class Connection:
    def __init__(self, port):
        for _ in range(200):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        else:
            sys.exit("redis-server does not come up")
        self.wire = Wire(lambda: self.socket.recv(1 << 16))

    def call(self, *words):
        self.socket.sendall(encode(words))
        return self.wire.reply()


class Server:
    """One redis-server in cluster mode, in a directory of its own."""

    def __init__(self, port, options=(), nodes_conf=None):
        self.port = port
        self.directory = tempfile.mkdtemp(prefix="keyslot-redis-")
        if nodes_conf is not None:
            with open(os.path.join(self.directory, "nodes.conf"), "w", encoding="ascii") as file:
                file.write(nodes_conf)
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes",
             "--save", "", "--dir", self.directory, "--loglevel", "warning", *options],
            stdout=subprocess.DEVNULL)

    def connect(self):
        return Connection(self.port)

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def free_port():
    """A port that is free now, as is the bus port 10000 above it."""
    while True:
        with socket.socket() as probe, socket.socket() as bus:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            port = port - 20000 if port > 45000 else port
            try:
                bus.bind(("127.0.0.1", port + 10000))
                return port
            except OSError:
                continue
