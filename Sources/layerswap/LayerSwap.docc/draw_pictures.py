#!/usr/bin/env python3
"""Draws the picture of the README and of the article on layer swapping.

    python3 Sources/layerswap/LayerSwap.docc/draw_pictures.py

writes layer-swap.svg (light) and layer-swap~dark.svg (dark) beside this script. The zones come from
Recipes/quickstart.yaml and the bars from Recipes/Results/quickstart.json; no number is typed in
here. Needs Python 3 and nothing else.
"""

import html
import itertools
import json
import math
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent
PACKAGE = FOLDER.parents[2]

LIGHT = {
    "text": "#1b2530", "muted": "#52606d", "line": "#d5dce3", "on": "#ffffff",
    "language": "#2b6ca3", "math": "#c6530d", "base": "#7c8894", "band": "0.16", "faded": "0.16",
}
DARK = {
    "text": "#e4eaf0", "muted": "#a4b1be", "line": "#33404d", "on": "#0b1218",
    "language": "#6fb3e8", "math": "#fb9a64", "base": "#8b98a5", "band": "0.20", "faded": "0.18",
}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"

WIDTH, HEIGHT = 920, 404
ROW, GAP, TOP = 25, 5, 62


def recipe_zones():
    """The number of layers, and who owns each in the quickstart's swap, from the bottom up."""
    text = (PACKAGE / "Recipes/quickstart.yaml").read_text(encoding="utf-8")
    swap = text.split("\n  swap:\n", 1)[1].split("\nevaluation:", 1)[0]

    def number(key, part):
        return int(re.search(rf"^\s*{key}: (\d+)$", part, re.MULTILINE).group(1))

    layers = number("layers", text)
    bottom, top = number("bottom", swap), number("top", swap)
    above, below = number("bottom_transition", swap), number("top_transition", swap)
    middle = layers - bottom - top - above - below
    return (
        ["bottom"] * bottom + ["transition"] * above + ["middle"] * middle
        + ["transition"] * below + ["top"] * top
    )


def wilson(share, count, z=1.959963984540054):
    """The 95 % interval of a share of a single run, as the program computes it."""
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half = z * spread / (1 + z * z / count)
    return centre - half, centre + half


def recorded_shares():
    """The models of the recorded quickstart with their shares of solved Swahili problems."""
    record = json.loads((PACKAGE / "Recipes/Results/quickstart.json").read_text(encoding="utf-8"))
    rows = []
    for row in record["rows"]:
        metric = row["metrics"]["target_math"]
        rows.append((row["model"], metric["value"], wilson(metric["value"], metric["n"])))
    count = record["rows"][0]["metrics"]["target_math"]["n"]
    return rows, count


class Picture:
    """An SVG in one of the two colour schemes."""

    def __init__(self, colors):
        self.colors = colors
        self.parts = []

    def rect(self, x, y, width, height, fill, opacity="1", radius=4):
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" '
            f'fill="{fill}" fill-opacity="{opacity}"/>'
        )

    def line(self, x1, y1, x2, y2, color, width=1):
        self.parts.append(
            f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{color}" '
            f'stroke-width="{width:g}" stroke-linecap="round"/>'
        )

    def arrow(self, x, y, is_leftward, color):
        tip, tail = (x - 4, x + 3) if is_leftward else (x + 4, x - 3)
        self.parts.append(
            f'<polyline points="{tail:g},{y - 6:g} {tip:g},{y:g} {tail:g},{y + 6:g}" fill="none" '
            f'stroke="{color}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def text(self, x, y, words, size=13, color=None, anchor="start", weight="400"):
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color or self.colors["text"]}" '
            f'text-anchor="{anchor}" font-weight="{weight}">{html.escape(words)}</text>'
        )

    def gradient(self, name, is_upright):
        end = 'x2="0" y2="1"' if is_upright else 'x2="1" y2="0"'
        self.parts.append(
            f'<defs><linearGradient id="{name}" x1="0" y1="0" {end}>'
            f'<stop offset="0.2" stop-color="{self.colors["language"]}"/>'
            f'<stop offset="0.8" stop-color="{self.colors["math"]}"/></linearGradient></defs>'
        )

    def svg(self, title):
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="{FONT}" role="img">\n'
            f"<title>{html.escape(title)}</title>\n{body}\n</svg>\n"
        )


def draw_stack(picture, zones):
    """Three stacks side by side: the language expert, the swap, the math expert."""
    colors = picture.colors
    # From the top down: what stands above the layers, the layers, what stands below them.
    rows = [("output head", "outer")]
    rows += [(f"layer {index}", zone) for index, zone in reversed(list(enumerate(zones)))]
    rows += [("embeddings", "outer")]
    columns = {"language": 24, "swap": 201, "math": 388}
    width = {"language": 112, "swap": 122, "math": 112}
    owners = {
        "outer": {"language"}, "bottom": {"language"}, "top": {"language"}, "middle": {"math"},
        "transition": {"language", "math"},
    }
    picture.text(24, 30, "The layers of two experts in one model", 16, weight="600")
    for place, (name, zone) in enumerate(rows):
        y = TOP + place * (ROW + GAP)
        for expert in ("language", "math"):
            is_used = expert in owners[zone]
            picture.rect(
                columns[expert], y, width[expert], ROW, colors[expert],
                "1" if is_used else colors["faded"],
            )
            picture.text(
                columns[expert] + width[expert] / 2, y + 17, name, 12,
                colors["on"] if is_used else colors["muted"], "middle",
            )
            if is_used:
                ends = sorted((columns[expert], columns["swap"]))
                start = ends[0] + width["language" if expert == "language" else "swap"]
                picture.rect(
                    start + 2, y, ends[1] - start - 4, ROW, colors[expert], colors["band"], 2
                )
                picture.arrow((start + ends[1]) / 2, y + ROW / 2, expert == "math", colors[expert])
        fill = "url(#across)" if zone == "transition" else colors[
            "math" if zone == "middle" else "language"
        ]
        picture.rect(columns["swap"], y, width["swap"], ROW, fill)
        label = name if zone == "outer" else zone
        picture.text(
            columns["swap"] + width["swap"] / 2, y + 17, label, 12, colors["on"], "middle", "600"
        )
    y = TOP + len(rows) * (ROW + GAP) + 16
    captions = {
        "language": ("language expert", "Swahili text"), "swap": ("swap", "no training"),
        "math": ("math expert", "English problems"),
    }
    for column, (name, what) in captions.items():
        middle = columns[column] + width[column] / 2
        picture.text(middle, y, name, 13, anchor="middle", weight="600")
        picture.text(middle, y + 17, what, 12, colors["muted"], "middle")


def draw_bars(picture, zones, rows, count):
    """How many Swahili problems each model solves, with 95 % intervals."""
    colors = picture.colors
    left, right, height, step = 668, 852, 30, 56
    names = {"math": "math expert", "language": "language expert", "soup": "average"}
    picture.text(560, 30, "Swahili word problems solved", 16, weight="600")
    picture.text(
        560, 49, f"quickstart: {count} problems, 95 % intervals", 12, colors["muted"]
    )
    first = TOP + 17
    bottom = first + (len(rows) - 1) * step + height + 12
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + (right - left) * share
        picture.line(x, first - 10, x, bottom, colors["line"])
        picture.text(x, bottom + 18, f"{share * 100:.0f} %", 11, colors["muted"], "middle")
    for place, (model, share, (low, high)) in enumerate(rows):
        y = first + place * step
        length = (right - left) * share
        weight = "700" if model == "swap" else "400"
        picture.text(left - 10, y + 20, names.get(model, model), 13, anchor="end", weight=weight)
        if model == "swap":
            # The stack on its side: the bottom layer at the left.
            part = length / len(zones)
            start = 0
            for zone, layers in itertools.groupby(zones):
                end = start + len(list(layers))
                fill = "url(#upright)" if zone == "transition" else colors[
                    "math" if zone == "middle" else "language"
                ]
                # A little wider, so that no seam shows between two parts.
                wide = (end - start) * part + (0.6 if end < len(zones) else 0)
                picture.rect(left + start * part, y, wide, height, fill, radius=0)
                start = end
        else:
            fill = {"soup": "url(#upright)"}.get(model, colors.get(model, colors["base"]))
            picture.rect(left, y, length, height, fill, radius=0)
        ends = [left + (right - left) * share for share in (low, high)]
        middle = y + height / 2
        # The same lines twice: a wide pale one keeps the narrow one apart from the bar.
        for color, width in ((colors["on"], 5), (colors["text"], 2)):
            picture.line(ends[0], middle, ends[1], middle, color, width)
            for end in ends:
                picture.line(end, middle - 5, end, middle + 5, color, width)
        picture.text(
            right + 10, y + 20, f"{share * 100:.1f} %", 13, anchor="start", weight=weight
        )


def main():
    zones = recipe_zones()
    rows, count = recorded_shares()
    solved = ", ".join(f"{model} {share * 100:.1f} %" for model, share, _ in rows)
    title = (
        "A layer swap: bottom and top layers of the language expert around the middle layers of "
        f"the math expert. Swahili problems solved: {solved}."
    )
    for name, colors in (("layer-swap.svg", LIGHT), ("layer-swap~dark.svg", DARK)):
        picture = Picture(colors)
        picture.gradient("across", is_upright=False)
        picture.gradient("upright", is_upright=True)
        draw_stack(picture, zones)
        draw_bars(picture, zones, rows, count)
        (FOLDER / name).write_text(picture.svg(title), encoding="utf-8")


if __name__ == "__main__":
    main()
