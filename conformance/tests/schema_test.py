#!/usr/bin/env python3
"""Every case file conforms to cases/schema.json: schema_test.py DIRECTORY"""

import json
import pathlib
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed (scripts/setup)")


def main(directory):
    schema = json.loads((directory / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted(directory.rglob("*.yaml"))
    problems = [f"{file}: {'/'.join(map(str, error.path))}: {error.message}"
                for file in files for error in validator.iter_errors(yaml.safe_load(file.read_text()))]
    print("\n".join(problems) or f"{len(files)} files conform")
    return bool(problems) or not files


sys.exit(main(pathlib.Path(sys.argv[1])))
