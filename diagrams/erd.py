"""
Draw the tables: `.venv/bin/python diagrams/erd.py` writes an `erd-*.drawio` and its SVG for each group of models.

The facts come from the models, so a drawing cannot say what the database is not: `capstone/tests/config/test_erd.py`
compares the two. Boxes may be moved in draw.io; where the facts have not changed, their places are kept. New drawings
are laid out by Graphviz (apt install graphviz).
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from erd_picture import FOOT, HEAD, ROW, WIDE, Figure, Places, Table, svg

HERE = Path(__file__).parent
OURS = ("audiobooks.", "lab_")
GROUPS = {  # of a module of models, where it is not simply its app
    "audiobooks.catalog.models.works": "works",
    "audiobooks.catalog.models.recordings": "recordings",
    "audiobooks.catalog.models.cards": "recordings",
    "audiobooks.demo.models": "parts",
    "lab_celery.models": "parts",
    "lab_rest.models": "parts",
}
SHORT = {"timestamp with time zone": "timestamptz", "double precision": "float8"}
TABLE = "swimlane;fontStyle=1;startSize=24;rounded=1;html=1;"
AWAY = TABLE + "dashed=1;"
TEXT = "text;html=1;align=left;verticalAlign=middle;spacingLeft=4;"
EDGE = "edgeStyle=entityRelationEdgeStyle;html=1;startArrow={};endArrow={};"
ENDS = {"many": "ERmany", "one": "ERzeroToOne", "must": "ERmandOne", "may": "ERzeroToOne"}


def figures() -> dict[str, Figure]:
    """Return every table of ours, by figure; what a foreign key of another figure leads to is an empty table."""
    from django.apps import apps  # noqa: PLC0415 -- once it is set up

    found: dict[str, Figure] = {}
    for model in apps.get_models(include_auto_created=True):
        module = model.__module__
        if module.startswith(OURS) and not leads_away(model):
            group = GROUPS.get(module) or model._meta.app_label
            found.setdefault(group, {})[model._meta.db_table] = table_of(model)
    for figure in found.values():
        for _, other, _, _ in [link for table in figure.values() for link in table.links]:
            figure.setdefault(other, Table(other))
    return found


def leads_away(model: type) -> bool:
    """Tell whether a table only joins one of ours with one of Django's own."""
    ends = [field.related_model.__module__ for field in model._meta.fields if field.related_model]
    return bool(model._meta.auto_created) and not all(end.startswith(OURS) for end in ends)


def table_of(model: type) -> Table:
    """Return what the database knows of a model."""
    from django.db import connection  # noqa: PLC0415

    meta = model._meta
    rows, links = [], []
    for field in meta.local_fields:
        is_held = bool(field.related_model) and field.db_constraint
        named = "FK" if is_held else "ref" if field.related_model else "U" if field.unique else ""
        mark = "PK" if field.primary_key else named
        kind = field.db_type(connection)
        rows.append(f"{mark}|{field.column}|{SHORT.get(kind, kind)}{'?' if field.null else ''}")
        if is_held:
            here = "one" if field.unique else "many"
            links.append(
                (field.column, field.related_model._meta.db_table, here, "may" if field.null else "must")
            )
    refuses = [
        f"{type(one).__name__.removesuffix('Constraint').lower()}: {one.name}" for one in meta.constraints
    ]
    refuses += [f"unique: {', '.join(names)}" for names in meta.unique_together]
    return Table(meta.db_table, tuple(rows), tuple(refuses), tuple(links))


# --- draw.io --------------------------------------------------------------------------------------------------


def laid_out(figure: Figure) -> Places:
    """Return where Graphviz puts each box: foreign keys lead to the left."""
    lines = ["digraph g { rankdir=RL; nodesep=0.28; ranksep=0.5; node [shape=box fixedsize=true];"]
    for table in figure.values():
        lines.append(f'  "{table.name}" [width={WIDE / 72} height={table.height / 72}];')
        lines += [f'  "{table.name}" -> "{other}";' for _, other, _, _ in table.links if other != table.name]
    dot = subprocess.run(
        ["dot", "-Tjson"], input="\n".join([*lines, "}"]), capture_output=True, text=True, check=True
    )
    answer = json.loads(dot.stdout)
    top = float(answer["bb"].split(",")[3])
    places = {}
    for node in answer["objects"]:
        x, y = (float(number) for number in node["pos"].split(","))
        places[node["name"]] = (
            round(x - WIDE / 2) + 24,
            round(top - y - figure[node["name"]].height / 2) + 8,
        )
    return places


def drawio(name: str, figure: Figure, places: Places) -> str:
    """Return a figure as draw.io reads it, uncompressed."""
    file = ET.Element("mxfile", host="nexus")
    model = ET.SubElement(ET.SubElement(file, "diagram", id=name, name=name), "mxGraphModel")
    root = ET.SubElement(model, "root")
    ET.SubElement(root, "mxCell", id="0")
    ET.SubElement(root, "mxCell", id="1", parent="0")
    for table in figure.values():
        style = TABLE if table.rows else AWAY
        x, y = places[table.name]
        box(root, table.name, table.name, style, "1", (x, y, WIDE, table.height))
        height = HEAD
        for text, row_px in [*((row, ROW) for row in table.rows), *((text, FOOT) for text in table.refuses)]:
            box(root, f"{table.name}.{text}", text, TEXT, table.name, (0, height, WIDE, row_px))
            height += row_px
    for table in figure.values():
        for column, other, here, there in table.links:
            row = next(row for row in table.rows if row.split("|")[1] == column)
            style = EDGE.format(ENDS[here], ENDS[there])
            ends = {"source": f"{table.name}.{row}", "target": other}
            cell = ET.SubElement(
                root, "mxCell", id=f"{table.name}.{column}->", style=style, edge="1", parent="1", **ends
            )
            ET.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    ET.indent(file)
    return ET.tostring(file, encoding="unicode") + "\n"


def box(
    root: ET.Element, ident: str, text: str, style: str, parent: str, at: tuple[int, int, int, int]
) -> None:
    """Add a rectangle with a text."""
    cell = ET.SubElement(root, "mxCell", id=ident, value=text, style=style, vertex="1", parent=parent)
    x, y, width, height = (str(number) for number in at)
    ET.SubElement(cell, "mxGeometry", {"x": x, "y": y, "width": width, "height": height, "as": "geometry"})


def read(file: Path) -> tuple[Figure, Places]:
    """Return what a draw.io file says: the tables, and where they stand."""
    cells = list(ET.parse(file).getroot().iter("mxCell"))  # noqa: S314 -- our own file
    boxes = {cell.get("id"): cell for cell in cells if cell.get("vertex") and cell.get("parent") == "1"}
    names, kinds = {}, {word: key for key, word in ENDS.items() if key in ("many", "must")}
    for ident, cell in boxes.items():
        texts = [other.get("value", "") for other in cells if other.get("parent") == ident]
        names[ident] = (
            cell.get("value", ""),
            tuple(text for text in texts if "|" in text),
            tuple(text for text in texts if "|" not in text),
        )
    links: dict[str, list[tuple[str, str, str, str]]] = {}
    for cell in cells:
        if cell.get("edge"):
            style = dict(part.split("=") for part in cell.get("style", "").split(";") if "=" in part)
            row = next(other for other in cells if other.get("id") == cell.get("source"))
            here, there = kinds.get(style["startArrow"], "one"), kinds.get(style["endArrow"], "may")
            link = (row.get("value", "").split("|")[1], cell.get("target", ""), here, there)
            links.setdefault(row.get("parent", ""), []).append(link)
    figure = {
        name: Table(name, rows, no, tuple(links.get(ident, []))) for ident, (name, rows, no) in names.items()
    }
    places = {}
    for ident, cell in boxes.items():
        at = cell.find("mxGeometry")
        places[names[ident][0]] = (round(float(at.get("x", "0"))), round(float(at.get("y", "0"))))
    return figure, places


def main(_arguments: Sequence[str]) -> None:
    """Write the drawings whose facts have changed, and remove those of groups that are gone."""
    wanted = figures()
    for file in HERE.glob("erd-*.drawio"):
        if file.stem.removeprefix("erd-") not in wanted:
            file.unlink()
            file.with_suffix(".svg").unlink(missing_ok=True)
    for name, figure in wanted.items():
        file = HERE / f"erd-{name}.drawio"
        if not file.exists() or read(file)[0] != figure:
            file.write_text(drawio(f"erd-{name}", figure, laid_out(figure)))
        file.with_suffix(".svg").write_text(svg(file, *read(file)))
        print(f"{file.stem}: {sum(bool(table.rows) for table in figure.values())} tables")


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "capstone")]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgresql://nobody@nowhere/none",
    }
    os.environ |= {
        "REDIS_URL": "redis://nowhere/0",
        "DEBUG": "1",
        "SECRET_KEY": "none is needed to read models",
    }
    import django

    django.setup()
    main(sys.argv[1:])
