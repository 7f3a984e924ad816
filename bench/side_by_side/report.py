"""The figures as a table and as a drawing."""

from xml.sax.saxutils import escape


def print_table(results, fleet):
    print(f"\n{'':58} {'median':>7} {'lowest':>7} {'highest':>7}   {'soon':>6} {'moonshot':>8}")
    for row in results:
        sign = ">=" if row["higher"] else "<="
        equal = ", equal" if row["equal"] else ""
        print(f"{row['what']:58} {row['ratio']:7.3f} {row['lowest']:7.3f} {row['highest']:7.3f}   "
              f"{sign}{row['soon']:4.2f}   {sign}{row['moonshot']:4.2f}  {row['verdict']}{equal}")
    reached = sum(row["verdict"] == "moonshot" for row in results)
    missed = sum(row["verdict"] == "missed" for row in results)
    print(f"\n{reached} of {len(results)} reach the moonshot, {missed} miss the soon column")
    print(f"\n{'cameras':>8} {'ready in':>10} {'memory':>10} {'files':>6}")
    for each in fleet:
        print(f"{each['cameras']:8} {each['ready_ms']:7.1f} ms {each['resident_kib'] / 1024:6.1f} "
              f"MiB {each['descriptors']:6}")


def write_svg(name, results):
    """One line a row: from the lowest to the highest ratio, a dot at the median, a mark for each
    goal."""
    left, width, line = 420, 480, 30
    highest = max([2.0, *(row["highest"] for row in results)])

    def x(value):
        return left + width * min(value, highest) / highest

    parts = []
    for number, row in enumerate(results):
        y = 40 + number * line
        colour = {"moonshot": "#17663a", "soon": "#4b3fc4", "missed": "#a3212b"}[row["verdict"]]
        parts.append(f'<text x="{left - 12}" y="{y + 4}" text-anchor="end">'
                     f'{escape(row["what"])}</text>')
        for goal in (row["soon"], row["moonshot"]):
            parts.append(f'<line x1="{x(goal):.1f}" x2="{x(goal):.1f}" y1="{y - 8}" y2="{y + 8}" '
                         f'stroke="#8a85a0" stroke-dasharray="2 2"/>')
        parts.append(f'<line x1="{x(row["lowest"]):.1f}" x2="{x(row["highest"]):.1f}" y1="{y}" '
                     f'y2="{y}" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<circle cx="{x(row["ratio"]):.1f}" cy="{y}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{left + width + 12}" y="{y + 4}">{row["ratio"]:.2f}</text>')
    height = 60 + len(results) * line
    with open(name, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="980" height="{height}" '
                   f'font-family="sans-serif" font-size="13">\n'
                   f'<rect width="100%" height="100%" fill="white"/>\n'
                   f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="20" y2="{height - 20}" '
                   f'stroke="#dcd9e6"/>\n' + "\n".join(parts) + "\n</svg>\n")
