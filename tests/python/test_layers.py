"""Layers only go down: what a model may read is said by the folder that it is in; none is long."""

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.bench import ROOT, Bench

# folder: the folders that its models may read; seeds are the lowest layer
MAY_READ = {
    "staging": {"seeds", "staging"},
    "rules": {"seeds", "staging", "rules"},
    "marts": {"rules", "marts"},
    "marts/dimensions": {"seeds", "rules", "marts"},  # a dimension may be a list of decisions
    "marts/releases": {"seeds", "marts"},  # what make release writes
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


def test_layers_only_go_down(bench: Bench) -> None:
    nodes = bench.manifest["nodes"].values()
    folders = {layer(node) for node in nodes if node["resource_type"] == "model"}
    assert folders == MAY_READ.keys() - {"pages"}
    assert upward(bench.manifest) == []
    with patch.dict(MAY_READ, {"marts/releases": set()}):
        assert "dim_releases (marts/releases) reads releases (seeds)" in upward(bench.manifest)


def test_every_mart_has_its_key(bench: Bench) -> None:
    nodes = bench.manifest["nodes"]
    marts = {one for one in nodes if one.startswith("model.") and nodes[one]["schema"] == "marts"}
    keyed = {
        node["attached_node"]
        for node in nodes.values()
        if node.get("test_metadata", {}).get("name") == "primary_key"
    }
    assert marts and marts <= keyed


def test_no_model_is_longer_than_80_lines() -> None:
    lines = {
        path.stem: len(path.read_text("utf-8").splitlines())
        for path in (ROOT / "models").rglob("*.sql")
    }
    assert "agg_publication_timeline" in lines
    assert {model: count for model, count in lines.items() if count > 80} == {}


def test_the_modules_of_reports_are_four_floors() -> None:
    """Each imports from the floors below it only, as the table in reports/README.md has them."""
    folder = ROOT / "reports"
    imports = {
        path.stem: {
            name
            for module, names in re.findall(
                r"^from reports(?:\.(\w+))? import (.*)", path.read_text("utf-8"), flags=re.M
            )
            for name in ([module] if module else re.findall(r"\w+", names))
        }
        for path in folder.glob("*.py")
        if path.stem != "__init__"
    }

    def floor(name: str) -> int:
        return 1 + max((floor(one) for one in imports[name]), default=0)

    listed: dict[str, int] = {}
    at = 0
    rows = re.findall(r"^\| (\d?) ?\| (`.*?) \|", (folder / "README.md").read_text("utf-8"), re.M)
    for number, files in rows:
        at = int(number or at)
        listed |= {name: at for name in re.findall(r"`(\w+)\.py`", files)}
    assert listed == {name: floor(name) for name in imports}
    assert max(listed.values()) == 4
