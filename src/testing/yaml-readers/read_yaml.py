"""Reads YAML 1.1 with PyYAML's own scanner, or with libyaml's where the first argument says so.

One JSON string on each line of stdin is a text; the line of stdout answers {"documents": […]} or {"error": …}.
"""
import json
import sys

import yaml

loader = yaml.CSafeLoader if sys.argv[1:] == ["libyaml"] else yaml.SafeLoader


def check(value):
    """What JSON does not have was misread: a key that is no text, a date, bytes, a set."""
    if isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, str):
                raise TypeError(f"key {key!r}")
            check(child)
    elif isinstance(value, list):
        for child in value:
            check(child)
    elif not (value is None or isinstance(value, (str, bool, int, float))):
        raise TypeError(f"value {value!r}")


for line in sys.stdin:
    try:
        documents = list(yaml.load_all(json.loads(line), Loader=loader))
        check(documents)
        answer = json.dumps({"documents": documents}, allow_nan=False)
    except Exception as error:
        answer = json.dumps({"error": f"{type(error).__name__}: {error}"})
    print(answer, flush=True)
