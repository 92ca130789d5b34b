#!/usr/bin/env python3
"""ioredis and node-redis, unmodified, against keyslot-sim serve.

    node_clients_test.py path/to/keyslot-sim

The packages are installed by npm into a cache directory of the user's, once. Exit 77 (skipped) when there
is no node or npm, or when npm cannot get the packages.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from serving import Checks, Serve

PORT = 7420
CONTROL = 7429
PACKAGES = ["ioredis@5.4.1", "redis@4.7.0"]
SKIPPED = 77


def skip(why):
    print(f"SKIPPED, ioredis and node-redis were NOT tested: {why}", flush=True)
    sys.exit(SKIPPED)


def packages():
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed (scripts/setup --peers)")
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    directory = cache / "keyslot" / ("npm-" + "-".join(PACKAGES))
    if not (directory / "done").exists():
        directory.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", directory, *PACKAGES],
                              capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            skip("npm install: " + done.stderr.strip()[-300:])
        (directory / "done").touch()
    return directory / "node_modules"


def main():
    modules = packages()
    check = Checks()
    with Serve(check, sys.argv[1], "--masters", "3", "--replicas", "1", port=PORT, control_port=CONTROL):
        script = pathlib.Path(__file__).with_name("node_clients.js")
        done = subprocess.run(["node", script, str(PORT)], env={**os.environ, "NODE_PATH": str(modules)}, timeout=90)
        check("ioredis and node-redis", done.returncode == 0)
    return check.ends()


if __name__ == "__main__":
    sys.exit(main())
