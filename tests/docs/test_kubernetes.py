"""The example for Kubernetes speaks of the image and the routes that there are."""

import re

import yaml

from nexus.pages import CHECKOUT, DOCS

OBJECTS = {
    (found["kind"], found["metadata"]["name"]): found["spec"]
    for found in yaml.safe_load_all((DOCS / "examples/kubernetes.yaml").read_text())
}
DOCKERFILE = (CHECKOUT / "capstone/Dockerfile").read_text()
POD = OBJECTS["Deployment", "api"]["template"]["spec"]
CONTAINER = POD["containers"][0]
PROBES = {name: CONTAINER[name] for name in ("readinessProbe", "livenessProbe", "startupProbe")}


def test_it_runs_the_image_as_the_user_and_on_the_port_that_the_image_names():
    user, group = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE.partition(" AS capstone\n")[2], re.M).groups()

    assert POD["securityContext"]["runAsUser"] == int(user)
    assert POD["securityContext"]["runAsGroup"] == int(group)
    assert f"EXPOSE {CONTAINER['ports'][0]['containerPort']}\n" in DOCKERFILE
    assert OBJECTS["Service", "api"]["ports"][0]["targetPort"] == CONTAINER["ports"][0]["containerPort"]
    assert CONTAINER["image"] == OBJECTS["Job", "migrate"]["template"]["spec"]["containers"][0]["image"]
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    assert CONTAINER["image"] == compose["x-capstone"]["image"]


def test_its_probes_ask_routes_that_exist_by_a_name_that_is_allowed():
    routes = (CHECKOUT / "capstone/config/urls.py").read_text()
    allowed = next(entry["value"] for entry in CONTAINER["env"] if entry["name"] == "ALLOWED_HOSTS")

    for probe in PROBES.values():
        asked = probe["httpGet"]
        assert f'path("{asked["path"].removeprefix("/")}"' in routes
        assert asked["port"] == CONTAINER["ports"][0]["containerPort"]
        assert {header["name"]: header["value"] for header in asked["httpHeaders"]}["Host"] in allowed.split(
            ","
        )
    assert "live" in PROBES["livenessProbe"]["httpGet"]["path"]  # a slow database restarts nobody


def test_each_variable_is_one_that_the_settings_read():
    explained = (CHECKOUT / ".env.example").read_text()

    for entry in CONTAINER["env"]:
        assert re.search(rf"^#? ?{entry['name']}=", explained, re.MULTILINE), entry["name"]


def test_a_release_and_an_emptied_machine_leave_two_that_serve():
    deployment = OBJECTS["Deployment", "api"]

    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert OBJECTS["PodDisruptionBudget", "api"]["minAvailable"] < deployment["replicas"]
    for owner in ("Service", "PodDisruptionBudget"):
        selector = OBJECTS[owner, "api"]["selector"]
        assert selector.get("matchLabels", selector) == deployment["template"]["metadata"]["labels"]
