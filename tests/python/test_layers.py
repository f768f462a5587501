"""Layers only go down: what a model may read is said by the folder that it is in; none is long."""

import json
from pathlib import Path
from typing import Any

import pytest
from copied import ROOT, Project

# folder: the folders that its models may read; seeds are the lowest layer
MAY_READ = {
    "staging": {"seeds", "staging"},
    "rules": {"seeds", "staging", "rules"},
    "marts": {"rules", "marts"},
    "marts/dimensions": {"seeds", "rules", "marts"},  # a dimension may be a list of decisions
    "pages": {"marts"},
}


def layer(node: dict[str, Any]) -> str:
    """The layer of a node of the manifest."""
    if node["resource_type"] in ("seed", "exposure"):
        return {"seed": "seeds", "exposure": "pages"}[node["resource_type"]]
    folder = Path(node["path"]).parent.as_posix()
    return folder if folder in MAY_READ else folder.partition("/")[0]


def upward(manifest: dict[str, Any]) -> list[str]:
    """Each reference that leads to a layer which its own may not read."""
    nodes = manifest["nodes"] | manifest["exposures"]
    readers = [n for n in nodes.values() if n["resource_type"] in ("model", "exposure")]
    return [
        f"{node['name']} ({layer(node)}) reads {nodes[parent]['name']} ({layer(nodes[parent])})"
        for node in readers
        for parent in node["depends_on"]["nodes"]
        if layer(nodes[parent]).partition("/")[0] not in MAY_READ[layer(node)]
    ]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("layers"))


def manifest_of(project: Project) -> dict[str, Any]:
    seed = ("--select", "dspt_outcomes", "--resource-type", "seed", "--write-json")
    assert project.build("", *seed) == {}
    return json.loads((project.root.parent / "target" / "manifest.json").read_text("utf-8"))


def test_layers_only_go_down(project: Project) -> None:
    manifest = manifest_of(project)
    folders = {layer(n) for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    assert folders == {"staging", "rules", "marts", "marts/dimensions"}
    assert upward(manifest) == []


def test_a_planted_upward_reference_is_named(project: Project) -> None:
    path = project.root / "models/rules/outcomes/int_organisations_assessed.sql"
    right = path.read_text("utf-8")
    try:
        path.write_text(right + "-- depends_on: {{ ref('dim_outcomes') }}\n", "utf-8")
        assert upward(manifest_of(project)) == [
            "int_organisations_assessed (rules) reads dim_outcomes (marts/dimensions)"
        ]
    finally:
        path.write_text(right, "utf-8")


def test_no_model_is_longer_than_80_lines() -> None:
    lines = {
        path.stem: len(path.read_text("utf-8").splitlines())
        for path in (ROOT / "models").rglob("*.sql")
    }
    assert "agg_publication_timeline" in lines
    assert {model: count for model, count in lines.items() if count > 80} == {}
