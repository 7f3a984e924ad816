"""The figures as tables and as a drawing."""

import math
from xml.sax.saxutils import escape

COLOURS = {"moonshot": "#17663a", "soon": "#4b3fc4", "missed": "#a3212b"}
LINE = 28
MARGIN = 24
LEGEND = ("dot: median; bar: where it lies 19 times of 20; dotted: the two goals; green: moonshot "
          "reached, blue: soon, red: missed")
GROWTH_LEGEND = "both axes by powers of ten; dashed: growth in proportion to the number"


def shown(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def print_goals(results):
    print(f"\n{'':58} {'median':>8} {'from':>8} {'to':>8}  {'soon':>7} {'moonshot':>8}")
    for row in results:
        sign = ">=" if row["higher"] else "<="
        print(f"{row['what']:58} {shown(row['median']):>8} {shown(row['low']):>8} "
              f"{shown(row['high']):>8}  {sign + shown(row['soon']):>7} "
              f"{sign + shown(row['moonshot']):>8}  {row['verdict']}"
              f"{', equal' if row['equal'] else ''}")
    reached = sum(row["verdict"] == "moonshot" for row in results)
    missed = sum(row["verdict"] == "missed" for row in results)
    print(f"\n{reached} of {len(results)} reach the moonshot, {missed} miss the soon column")


def print_growth(cameras, connections, capacity):
    print(f"\n{'cameras':>11} {'ready in':>11} {'memory':>11} {'files':>6}")
    for row in cameras:
        print(f"{row['cameras']:11,} {row['ready_ms']:8.1f} ms {row['resident_kib'] / 1024:7.1f} MiB "
              f"{row['descriptors']:6}")
    print(f"\n{'connections':>11} {'open':>11} {'memory':>11} {'each':>10}")
    for row in connections:
        print(f"{row['connections']:11,} {row['open']:11,} {row['resident_kib'] / 1024:7.1f} MiB "
              f"{row['kib_each']:6.1f} KiB")
    print(f"""
One camera, one client that keeps its connection, reads once a second and logs in every ten minutes:
  memory     {capacity['kib_a_camera']} KiB: {capacity['cameras_a_gib']:,} cameras a GiB
  processor  {capacity['gets_a_second']:,} gets or {capacity['sessions_a_second']:,} sessions a """
          f"""second: {capacity['cameras_a_core']:,} cameras a core that is half busy
  at first   {capacity['seconds_until_all_have_logged_in']} s until all of those have logged in""")


def note(text, y):
    return f'<text x="60" y="{y + 14}" font-size="11" fill="#5b5670">{escape(text)}</text>'


def goals_drawing(results, top):
    """One line a row of ratios: where the median lies 19 times of 20, a dot at the one measured, a mark for each
    goal."""
    left, width = 420, 480
    rows = [row for row in results if row["ratio"]]
    highest = max([2.0, *(min(row["high"], 4.0) for row in rows)])

    def x(value):
        return left + width * min(value, highest) / highest

    parts = [f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="{top}" y2="{top + LINE * len(rows)}" '
             f'stroke="#dcd9e6"/>']
    for number, row in enumerate(rows):
        y = top + LINE // 2 + number * LINE
        colour = COLOURS[row["verdict"]]
        parts.append(f'<text x="{left - 12}" y="{y + 4}" text-anchor="end">'
                     f'{escape(row["what"])}</text>')
        for goal in (row["soon"], row["moonshot"]):
            parts.append(f'<line x1="{x(goal):.1f}" x2="{x(goal):.1f}" y1="{y - 8}" y2="{y + 8}" '
                         f'stroke="#8a85a0" stroke-dasharray="2 2"/>')
        parts.append(f'<line x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{y}" '
                     f'y2="{y}" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<circle cx="{x(row["median"]):.1f}" cy="{y}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{left + width + 12}" y="{y + 4}">{shown(row["median"])}</text>')
    bottom = top + LINE * len(rows)
    parts.append(note(LEGEND, bottom))
    return parts, bottom + MARGIN


def growth_drawing(title, points, unit, left, top):
    """Both axes by powers of ten. The dashed line grows in proportion from the first point: what
    stays below it grows no faster than the number."""
    width, height = 240, 200
    lowest = min(value for _, value in points) / 2
    highest = max(value for _, value in points) * 2
    most = max(math.log10(points[-1][0] / points[0][0]), 1)

    def x(count):
        return left + width * math.log10(count / points[0][0]) / most

    def y(value):
        return top + height - height * (math.log10(value / lowest) / math.log10(highest / lowest))

    parts = [f'<text x="{left}" y="{top - 10}" font-weight="bold">{escape(title)}</text>',
             f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" '
             f'stroke="#dcd9e6"/>']
    first_count, first = points[0]
    end = min(highest, first * points[-1][0] / first_count)
    parts.append(f'<line x1="{x(first_count):.1f}" y1="{y(first):.1f}" '
                 f'x2="{x(first_count * end / first):.1f}" y2="{y(end):.1f}" stroke="#8a85a0" '
                 f'stroke-dasharray="4 3"/>')
    path = " ".join(f"{x(count):.1f},{y(value):.1f}" for count, value in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#4b3fc4" stroke-width="2"/>')
    for count, value in points:
        parts.append(f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="4" fill="#4b3fc4"/>')
        parts.append(f'<text x="{x(count):.1f}" y="{y(value) - 9:.1f}" text-anchor="middle" '
                     f'font-size="11">{shown(value)} {unit}</text>')
        parts.append(f'<text x="{x(count):.1f}" y="{top + height + 16}" text-anchor="middle" '
                     f'font-size="11">{count:,}</text>')
    return parts


def write_svg(name, results, cameras, connections):
    parts, bottom = goals_drawing(results, MARGIN)
    height = bottom + MARGIN
    if cameras and connections:
        top = bottom + 3 * MARGIN
        parts += growth_drawing("start to READY, by cameras",
                                [(row["cameras"], row["ready_ms"]) for row in cameras], "ms",
                                60, top)
        parts += growth_drawing("memory, by cameras",
                                [(row["cameras"], row["resident_kib"] / 1024) for row in cameras],
                                "MiB", 370, top)
        parts += growth_drawing("memory, by idle connections",
                                [(row["connections"], row["resident_kib"] / 1024)
                                 for row in connections], "MiB", 680, top)
        parts.append(note(GROWTH_LEGEND, top + 200 + MARGIN))
        height = top + 200 + 3 * MARGIN
    with open(name, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="990" height="{height}" '
                   f'font-family="sans-serif" font-size="13">\n'
                   f'<rect width="100%" height="100%" fill="white"/>\n'
                   + "\n".join(parts) + "\n</svg>\n")
