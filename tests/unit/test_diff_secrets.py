"""Nothing that is secret is ever shown, wherever it stands; what only sounds like it is."""

from __future__ import annotations

import base64
import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from compared import manifest, pod
from hypothesis import given
from hypothesis import strategies as st

from raychart.diff.as_json import as_json
from raychart.diff.compare import compare
from raychart.diff.markdown import as_markdown
from raychart.diff.result import Compared
from raychart.diff.secrets import hidden, shown
from raychart.diff.show import lines
from raychart.diff.text import as_text
from raychart.manifests import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

VALUE = "hunter2hunter2"
OTHER = "correcthorse99"
LONG = "Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0Lz"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{VALUE}\n{VALUE}\n-----END RSA PRIVATE KEY-----\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def container(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "a", **fields}])


def config(text: str, key: str = "settings") -> dict[str, Any]:
    return {"data": {key: text}}


# Each with VALUE somewhere in it.
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "data of a Secret": ("Secret", {"data": {"name": encoded(VALUE), "key": VALUE}}),
    "stringData of a Secret": ("Secret", {"stringData": {"a": VALUE, "path": VALUE}}),
    "last applied": (
        "ConfigMap",
        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": f'{{"a": "{VALUE}"}}'}}},
    ),
    "env": ("Deployment", container(env=[{"name": "DB_PASSWORD", "value": VALUE}])),
    "env twice": ("Deployment", container(env=[{"name": "API_TOKEN", "value": VALUE}, {"name": "API_TOKEN"}])),
    "key of a ConfigMap": ("ConfigMap", config(VALUE, "redis-password")),
    "address": ("Deployment", container(args=[f"redis://me:{VALUE}@host:6379/0"])),
    "address in code": ("ConfigMap", config(f'CALL = "http://me:{VALUE}@host"\n', "a.py")),
    "flag": ("Deployment", container(args=[f"--password={VALUE}"])),
    "flag and value": ("Deployment", container(args=["--redis-password", VALUE])),
    "flag in a command": ("Deployment", container(command=["sh", "-c", f"run --api-key {VALUE} --more"])),
    "export": ("Deployment", container(command=["sh", "-c", f"export AWS_SECRET_ACCESS_KEY='{VALUE}'; run"])),
    "curl": ("Deployment", container(command=["sh", "-c", f"curl -u me:{VALUE} https://host"])),
    "header": ("Deployment", container(command=["sh", "-c", f"curl -H 'Authorization: Bearer {VALUE}' https://host"])),
    "header of a probe": (
        "Deployment",
        container(livenessProbe={"httpGet": {"httpHeaders": [{"name": "Authorization", "value": VALUE}]}}),
    ),
    "JSON": ("ConfigMap", config(json.dumps({"a": [{"clientSecret": VALUE, "b": 1}]}))),
    "JSON in JSON": ("ConfigMap", config(json.dumps({"a": json.dumps({"password": VALUE})}))),
    "JSON that is none": ("ConfigMap", config(f'{{"password": "{VALUE}", }}')),
    "JSON in an argument": ("Deployment", container(args=["run", f'{{"apiKey":"{VALUE}"}}'])),
    "JSON below a name": ("ConfigMap", config(json.dumps({"credentials": {"user": "a", "key": VALUE}}))),
    "YAML": ("ConfigMap", config(f"a: 1\npassword: {VALUE}\n")),
    "YAML below a name": ("ConfigMap", config(f"a: 1\ncredentials:\n  key: {VALUE}\n")),
    "YAML block": ("ConfigMap", config(f"token: |\n  {VALUE}\n  {VALUE}\nb: 1\n")),
    "YAML env": ("ConfigMap", config(f"env:\n- name: DB_PASSWORD\n  value: {VALUE}\n")),
    "properties": ("ConfigMap", config(f"a = 1\ndb.password = {VALUE}\n", "app.properties")),
    "connection": ("ConfigMap", config(f"Server=a;Password={VALUE};Database=b")),
    "code": ("ConfigMap", config(f'def f():\n    password = "{VALUE}"\n', "a.py")),
    "annotated code": ("ConfigMap", config(f'token: str = "{VALUE}"\n', "a.py")),
    "private key": ("ConfigMap", config(KEY, "tls.pem")),
    "drawn at random": ("Deployment", container(env=[{"name": "PLAIN", "value": LONG}])),
    "Redis password": ("RayCluster", {"spec": {"gcsFaultToleranceOptions": {"redisPassword": {"value": VALUE}}}}),
    "start parameter": ("RayCluster", {"spec": {"headGroupSpec": {"rayStartParams": {"redis-password": VALUE}}}}),
    "data of a Secret in an object": ("Thing", {"spec": {"objects": [{"kind": "Secret", "data": {"name": VALUE}}]}}),
    "data of a Secret spelt otherwise": ("secret", {"Data": {"name": VALUE}}),
    "stringData anywhere": ("Thing", {"spec": {"x": {"stringData": {"name": VALUE}}}}),
    "Secret in JSON": ("ConfigMap", config(json.dumps({"kind": "Secret", "data": {"name": VALUE}}))),
    "Secret in YAML": ("ConfigMap", config(f"a: 1\n---\nkind: Secret\nstringData:\n  name: {VALUE}\n")),
    "template of an ExternalSecret": ("ExternalSecret", {"spec": {"target": {"template": {"data": {"name": VALUE}}}}}),
    "user of an address": ("Deployment", container(args=[f"https://{VALUE}@host/path"])),
    "address of Go": ("Deployment", container(args=[f"me:{VALUE}@tcp(host:3306)/db"])),
    "signature": ("Deployment", container(args=[f"https://host/c?sv=1&sig={VALUE}"])),
    "toleration": ("Deployment", pod(tolerations=[{"key": "password", "value": VALUE}])),
    "short flag": ("Deployment", container(command=["redis-cli", "-h", "host", "-a", VALUE])),
    "short flag and value": ("Deployment", container(command=["/bin/mysql", "-u", "me", f"-p{VALUE}"])),
    "short flag in a command": ("Deployment", container(command=["sh", "-c", f"docker login -u me -p {VALUE} host"])),
    "user and password": ("Deployment", container(command=["curl", "-u", f"me:{VALUE}", "host"])),
    "next line of a command": ("Deployment", container(command=["sh", "-c", f"run --password \\\n  {VALUE}"])),
    "standard input": ("Deployment", container(command=["sh", "-c", f"echo {VALUE} | docker login --password-stdin"])),
    "literal of a Secret": ("Deployment", container(command=["sh", "-c", f"create --from-literal=name={VALUE}"])),
    "encoded JSON": ("Deployment", container(env=[{"name": "A", "value": encoded(f'{{"password": "{VALUE}"}}')}])),
    "index in code": ("ConfigMap", config(f"os.environ['TOKEN'] = '{VALUE}'\n", "a.py")),
    "argument in code": ("ConfigMap", config(f'set("TOKEN", "{VALUE}")\n', "a.py")),
    "three quotes": ("ConfigMap", config(f'PASSWORD = """{VALUE}"""\n', "a.py")),
    "backquotes": ("ConfigMap", config(f"const token = `{VALUE}`;\n", "a.js")),
    "shell": ("ConfigMap", config(f"TOKEN={VALUE} run\n", "a.sh")),
    "SQL": ("ConfigMap", config(f"CREATE USER a WITH PASSWORD '{VALUE}';\n", "a.sql")),
    "XML": ("ConfigMap", config(f"<a>\n<password>{VALUE}</password>\n</a>\n", "a.xml")),
    "property in XML": ("ConfigMap", config(f"<name>db.password</name>\n<value>{VALUE}</value>\n", "a.xml")),
    "word after a name": ("ConfigMap", config(f"port 1\nrequirepass {VALUE}\n", "redis.conf")),
    "word after a directive": ("ConfigMap", config(f"FROM a\nENV API_TOKEN {VALUE}\n", "Dockerfile")),
    "line of settings": ("ConfigMap", config(f"a=1\npassword=more {VALUE}\nb=2\n")),
    "netrc": ("ConfigMap", config(f"machine host login me password {VALUE}\n")),
    "line below a key": ("ConfigMap", config(f"password:\n  {VALUE}\n{{{{ x }}}}\n")),
    "key for an API": ("Deployment", container(env=[{"name": "OPENAI_KEY", "value": VALUE}])),
    "auth": ("Deployment", container(env=[{"name": "REDIS_AUTH", "value": VALUE}])),
    "Docker": ("ConfigMap", config(json.dumps({"auths": {"host": {"auth": VALUE}}}), ".dockerconfigjson")),
}  # fmt: skip


def with_other(body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(body).replace(VALUE, OTHER).replace(LONG, LONG[::-1])
    for around in ("%s", '{"password": "%s"}'):
        text = text.replace(encoded(around % VALUE), encoded(around % OTHER))
    changed: dict[str, Any] = json.loads(text)
    return changed


def leaks(text: str) -> list[str]:
    parts = [VALUE, OTHER, LONG, LONG[::-1], *map(encoded, (VALUE, OTHER))]
    return [part for part in parts if part in text]


def everything_written(old: list[Manifest], new: list[Manifest]) -> str:
    found = compare(old, new)
    results = [Compared("a.yaml", "team-a", found)]
    return as_text(results) + as_json(results) + as_markdown(results) + repr(results)


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_told_to_differ_and_never_shown(place: str) -> None:
    kind, body = PLACES[place]
    old, new = [manifest(kind, body)], [manifest(kind, with_other(body))]
    (found,) = compare(old, new).objects
    assert found.changes
    for sides in ((old, new), (old, []), ([], new), (old, [manifest(kind, {})])):
        assert leaks(everything_written(*sides)) == []
    assert leaks(json.dumps(hidden(old[0]), default=str)) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Deployment", container(env=[{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "v", "key": "v"}}}])),
        ("Deployment", pod(volumes=[{"name": "token", "secret": {"secretName": "v", "optional": True}}])),
        ("Deployment", pod(volumes=[{"projected": {"sources": [{"serviceAccountToken": {"path": "v"}}]}}])),
        ("Deployment", pod(imagePullSecrets=[{"name": "v"}])),
        ("Deployment", container(volumeMounts=[{"name": "secret", "mountPath": "/run/secrets/v"}])),
        ("Deployment", container(image="host/token-service:v")),
        ("Deployment", container(env=[{"name": "RAY_AUTH_TOKEN_PATH", "value": "/run/v"}])),
        ("Deployment", container(env=[{"name": "PASSWORD", "value": "$(OTHER_v)"}])),
        ("Ingress", {"metadata": {"annotations": {"nginx.ingress.kubernetes.io/auth-secret": "v"}}}),
        ("Thing", {"spec": {"tokenSecretName": "v", "tokenSecret": "v", "max_tokens": 4}}),
        ("Role", {"rules": [{"resources": ["secrets", "v"], "verbs": ["get"]}]}),
        ("RayCluster", {"spec": {"authOptions": {"mode": "token", "v": 1}}}),
        ("ConfigMap", config("v", "password_file.md")),
        ("Deployment", container(env=[{"name": "PARTITION_KEY", "value": "v"}, {"name": "AUTH_MODE", "value": "v"}])),
        ("Deployment", container(args=["mkdir", "-p", "v"], command=["sh", "-c", "mysql -p -u v; mkdir -p v"])),
        ("Deployment", container(args=["git@v", "ssh://git@v/x", "https://host/v@1", "https://$TOKEN@v/x"])),
        ("Gateway", {"spec": {"certificateRefs": [{"kind": "Secret", "name": "v", "namespace": "v"}]}}),
        (
            "ExternalSecret",
            {"spec": {"target": {"name": "v"}, "data": [{"secretKey": "v", "remoteRef": {"key": "v"}}]}},
        ),
        ("Thing", {"spec": {"auth": {"mode": "v"}}}),
    ],
)
def test_what_only_names_a_secret_is_shown(kind: str, body: dict[str, Any]) -> None:
    assert hidden(manifest(kind, body)) == manifest(kind, body).body


def test_digests_tell_values_apart_and_not_what_they_are() -> None:
    first, second, again = (shown({"password": text})["password"] for text in ("a", "b", "a"))
    assert first == again
    assert first != second
    assert len(first.digest) == 8


def test_what_is_around_a_hidden_value_can_still_be_read() -> None:
    text = "db: {user: me, password: %s}\nenv:\n- {name: TOKEN, value: %s}\nx: %d\n"
    sides = ({"data": {"a.yaml": text % (*values, number)}} for number, values in enumerate(((VALUE, OTHER),) * 2))
    (old, new) = (manifest("ConfigMap", side) for side in sides)
    (found,) = compare([old], [new]).objects
    assert [line.strip() for line in lines(found.changes[0])] == ['~ data."a.yaml":', "~     x: 0 -> 1"]


def test_keys_of_secrets_that_came_and_went_are_told() -> None:
    old, new = manifest("Secret", {"data": {"a": "YQ=="}}), manifest("Secret", {"stringData": {"b": "c"}})
    (found,) = compare([old], [new]).objects
    assert [(change.kind, change.path) for change in found.changes] == [
        ("removed", ("data", "a")),
        ("added", ("data", "b")),
    ]


@given(
    st.text(max_size=200), st.sampled_from(["password=", '"token": "', "://u:", "-----BEGIN PRIVATE KEY", "token: |\n"])
)
def test_any_text_can_be_masked(text: str, hint: str) -> None:
    shown({"a": text + hint + text, "b": [hint, text]})


ODD = st.text(alphabet="x \"'\\\\#:$%é&@,|!?*<>[]()=/`\t", max_size=4)
WRITERS: list[Callable[[Any], str]] = [
    json.dumps,
    lambda data: json.dumps(data, indent=2, ensure_ascii=False),
    lambda data: yaml.safe_dump(data, width=20),
    lambda data: yaml.safe_dump(data, default_flow_style=True, allow_unicode=True),
]


@given(st.tuples(ODD, ODD).map(VALUE.join), st.lists(st.sampled_from(WRITERS), min_size=1, max_size=3))
def test_a_secret_with_odd_letters_in_texts_in_texts_is_not_shown(
    secret: str, writers: list[Callable[[Any], str]]
) -> None:
    text = secret
    for name, write in zip(("password", "inner.json", "outer.yaml"), writers, strict=False):
        text = write({name: text, "other": 1, "more": [{"x": "y"}]})
    assert VALUE not in repr(shown({"settings": text}))


@given(
    st.tuples(ODD, ODD).map(VALUE.join), st.sampled_from(["export TOKEN=%s\n", "run --token %s", "run --token=%s -v"])
)
def test_a_secret_that_a_shell_quotes_is_not_shown(secret: str, command: str) -> None:
    assert VALUE not in repr(shown(["sh", "-c", command % shlex.quote(secret)]))


def test_manifests_do_not_show_their_bodies_in_errors() -> None:
    one = manifest("Secret", {"stringData": {"a": VALUE}})
    assert VALUE in dump([one])
    assert VALUE not in repr(one)
