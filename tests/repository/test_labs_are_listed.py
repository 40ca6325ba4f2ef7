"""A lab is named in the two files that list the labs by hand: what is left out there is not checked, and nobody notices."""

import tomllib
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
LABS = sorted(file.parent.name for file in CHECKOUT.glob("labs/*/lab.toml"))
SETTINGS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]
RESTS = {"lab_rest", "rest_playground", "rest_checks"}
HTTP_ALONE = "Checks that ask a site know it by HTTP alone"  # not for a technique that shows in no answer
HUB = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text())


@pytest.mark.parametrize("lab", LABS)
def test_the_types_of_a_part_and_of_its_checks_are_checked(lab):
    assert {f"labs/{lab}/src", f"labs/{lab}"} <= set(SETTINGS["mypy"]["mypy_path"])
    assert {f"labs/{lab}/src", f"labs/{lab}/{lab}_checks"} <= set(SETTINGS["mypy"]["files"])


@pytest.mark.parametrize("lab", LABS)
def test_a_part_is_covered(lab):
    assert f"lab_{lab}" in SETTINGS["coverage"]["run"]["source_pkgs"]


@pytest.mark.parametrize("lab", LABS)
def test_a_part_a_stage_and_checks_stand_in_every_import_contract_that_rests_stand_in(lab):
    rules = SETTINGS["importlinter"]
    lists = [rules["root_packages"]]
    lists += [
        contract[name]
        for contract in rules["contracts"]
        for name in contract
        if name.endswith("modules") and contract["name"] != HTTP_ALONE
    ]

    assert any(f"lab_{lab}" in layer.split(" | ") for layer in rules["contracts"][0]["layers"])
    for names in lists:
        theirs = {f"lab_{lab}", f"{lab}_playground", f"{lab}_checks"} & set(names)
        assert theirs == {name.replace("rest", lab) for name in names if name in RESTS}, names


@pytest.mark.parametrize("lab", LABS)
def test_a_parts_reference_is_made_from_its_source(lab):
    plugin = next(plugin["mkdocstrings"] for plugin in HUB["plugins"] if "mkdocstrings" in plugin)

    assert f"labs/{lab}/src" in plugin["handlers"]["python"]["paths"]
    assert f"::: lab_{lab}" in (CHECKOUT / f"docs/reference/lab_{lab}.md").read_text()
