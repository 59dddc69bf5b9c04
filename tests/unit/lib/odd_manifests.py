"""Manifests that nobody means to write and somebody makes all the same, by what is odd in them."""

from __future__ import annotations


def _config_map(text: str, name: str = "a") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{text}\n"


def _deployment(spec: str) -> str:
    return f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec: {{template: {{spec: {spec}}}}}\n"


def _container(fields: str) -> str:
    return _deployment(f"{{containers: [{{name: a, {fields}}}]}}")


def _ray(kind: str, spec: str) -> str:
    return f"apiVersion: ray.io/v1\nkind: {kind}\nmetadata: {{name: r}}\nspec: {spec}\n"


# What is read: all of these can be compared with each other.
READ: dict[str, str] = {
    "nothing": "",
    "empty documents": "---\n---\n# only this\n---\n",
    "two of one name": _config_map("data: {x: '1'}") + "---\n" + _config_map("data: {x: '2'}"),
    "a list": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
    "a list in a list": (
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: null}\n"
        "- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: YQ==}}\n"
    ),
    "anchors": f"x: &x {{a: b}}\n{_config_map('data: *x')}",
    "a merge": _config_map("data:\n  <<: {k: v}\n  z: '1'"),
    "big numbers": _config_map("data: {a: 123456789012345678901234567890, b: 9007199254740993, c: 1e400, d: -0.0}"),
    "numbers of all bases": _config_map("data: {a: 0644, b: 0o644, c: 0x1F, d: 0b11, e: 1_000, f: 12:30:45}"),
    "words that are none": _config_map("data: {a: yes, b: off, c: ~, 'null': null}"),
    "keys that are no text": _config_map("data: {1: a, 2.5: b, 1e3: c}"),
    "dates": _config_map("data: {t: 2024-01-01, u: 2024-01-01T10:00:00Z}"),
    "blocks": _config_map("data:\n  a: |+\n    x\n\n  b: >-\n    y\n    z\n  c: |2\n      i\n"),
    "carriage returns": _config_map("data:\n  x: |\n    a\n    b").replace("\n", "\r\n"),
    "a byte order mark": f"\ufeff{_config_map('')}",
    "other scripts": _config_map('data: {"ключ": "\U0001f600 \\u2028 \\x07 \\e[31m \\u202e"}'),
    "markup": _config_map('data: {"|`*_<b>": "```\\n</details>\\n<img src=x>\\n|a|b|"}'),
    "a name of markup": 'apiVersion: v1\nkind: "`|<b>"\nmetadata: {name: "```\\n|"}\n',
    "tags": _config_map("binaryData: {x: !!binary aGk=}\ndata: {s: !!str 12, f: !!float 1, c: !custom z}"),
    "deep": _config_map(f"data: {'[' * 90}{']' * 90}"),
    "long": _config_map(f"data: {{x: '{'y' * 100_000}'}}"),
    "many lines": _config_map("data:\n  x: |\n" + "".join(f"    line {number}\n" for number in range(500))),
    "data as a list": _config_map("data: [a, {b: c}, [d]]"),
    "data as text": _config_map("data: x"),
    "labels of all types": _config_map("").replace("{name: a}", "{name: a, labels: {a: 5, b: [c]}, annotations: x}"),
    "no name": "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: r-}\nspec: {a: 1}\n",
    "no name again": "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: r-}\nspec: {a: 2}\n",
    "the name of none": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: r-}\nspec: {a: 1}\n",
    "other versions": "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: d}\nspec: {a: 2}\n",
    "a Secret of nonsense": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: [1]\nstringData: x\n",
    "a Secret of all types": (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
        'data: {a: 5, b: [], c: null, d: "//8=", e: "?"}\nstringData: {a: 5, f: {g: h}}\n'
    ),
    "containers as a mapping": _deployment("{containers: {name: a}, volumes: {}}"),
    "two containers of a name": _deployment("{containers: [{name: a, image: x}, {name: a, image: y}, null, 3]}"),
    "variables that go round": _container('env: [{name: X, value: "$(W)"}, {name: W, value: "$(X)"}]'),
    "variables of nonsense": _container("env: [null, 1, x, [], {}, {name: 1}, {name: X}, {name: X}]"),
    "arguments of all types": _container("args: [--password, p, 5, null, {a: b}, [c]], command: x"),
    "ports twice": _container("ports: [{containerPort: 1}, {containerPort: 1, protocol: UDP}, {containerPort: 1}, 7]"),
    "huge quantities": _container(f"resources: {{limits: {{cpu: {'9' * 400}, memory: {'9' * 5000}Gi, z: 1e999}}}}"),
    "quantities that are none": _container("resources: {limits: {cpu: true, memory: '', z: [], w: -1Ki}}"),
    "sources twice": _deployment(
        "{volumes: [{name: v, projected: {sources: [null, {configMap: 1}, {configMap: {name: a}}, "
        "{configMap: {name: a}}, {}]}}]}"
    ),
    "a cluster of text": _ray("RayCluster", "hello"),
    "groups as a mapping": _ray("RayCluster", "{headGroupSpec: [], workerGroupSpecs: {a: 1}}"),
    "groups of nonsense": _ray(
        "RayCluster", "{enableInTreeAutoscaling: 1, workerGroupSpecs: [null, 3, {groupName: 5}, {groupName: a, x: {}}]}"
    ),
    "two groups of a name": _ray(
        "RayCluster", "{headGroupSpec: {}, workerGroupSpecs: [{groupName: a, replicas: -1}, {groupName: a}]}"
    ),
    "a service of nonsense": _ray("RayService", "{serveConfigV2: 5, rayClusterConfig: [], upgradeStrategy: x}"),
    "a job of nonsense": _ray("RayJob", "{entrypoint: [], clusterSelector: x, rayClusterSpec: {headGroupSpec: 1}}"),
}

# What is refused, with words that say why.
REFUSED: dict[str, tuple[str, str]] = {
    "a tab": ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", "cannot start any token"),
    "a key twice": (_config_map("data: {x: '1', x: '2'}"), "stands here again"),
    "a key that is a list": (_config_map("data: {? [a, b] : c}"), "a key is a mapping or a list"),
    "an alias of itself": (_config_map("data: &a [*a]"), "contains itself"),
    "a control character": (_config_map('data: {x: "a\x0bb"}'), "control characters"),
    "half a character": (_config_map('data: {x: "\\ud83d"}'), "invalid Unicode"),
    "too deep": (_config_map(f"data: {'[' * 200}{']' * 200}"), "nested more than"),
    "an infinite number": (_config_map("data: {x: -.inf}"), "a number that is infinite"),
    "no version": ("kind: ConfigMap\nmetadata: {name: a}\n", "apiVersion missing"),
    "no name at all": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "metadata.name missing"),
    "a name that is a number": (_config_map("", "123"), "metadata.name missing or not text"),
    "a name that is a word": (_config_map("", "yes"), "metadata.name missing or not text"),
    "metadata as a list": ("apiVersion: v1\nkind: ConfigMap\nmetadata: [a]\n", "metadata.name missing"),
    "items that are none": ("apiVersion: v1\nkind: List\nitems: [1, null]\n", "not a Kubernetes object"),
    "text after the end": (f"{_config_map('')}...\n{_config_map('', 'b')}", "stops reading here"),
    "an open text": (_config_map('data: {x: "'), "unexpected end"),
}
