#!/usr/bin/env python3
"""Print the rooms and who knows whom, as CMakeLists.txt lists them, for dot:

    python3 cmake/rooms_picture.py | dot -Tsvg >docs/architecture.svg
"""
import pathlib
import re

TABLE = pathlib.Path(__file__).resolve().parents[1] / "CMakeLists.txt"
COLORS = {"src": "#dce9f7", "codelets": "#e3f1dd", "graphs": "#fbe9d0"}


def rooms():
    """Room -> the rooms that it knows, in the order of the table."""
    text = re.sub(r"#.*", "", TABLE.read_text())
    for row in re.findall(r"tg_room\(([^)]*)\)", text):
        words = row.split()
        known = []
        if "KNOWS" in words:
            for word in words[words.index("KNOWS") + 1:]:
                if word in ("USES", "SEES"):
                    break
                known.append(word)
        yield words[0], known


def reached(table, room):
    """All that a room knows through others."""
    found = set()
    for known in table[room]:
        found |= {known} | reached(table, known)
    return found


def main():
    table = dict(rooms())
    print('digraph rooms {\n  rankdir=BT; ranksep=0.35; nodesep=0.2;\n'
          '  node [shape=box, style="filled,rounded", fontname=sans,\n'
          '        fontsize=11, color="#8a919c", height=0.3];\n'
          '  edge [color="#8a919c", arrowsize=0.6];')
    for room, known in table.items():
        print('  "%s" [fillcolor="%s"];' % (room,
                                            COLORS[room.split("/")[0]]))
        for other in known:  # what follows from others is not drawn
            if not any(other in reached(table, third) for third in known):
                print('  "%s" -> "%s";' % (room, other))
    print("}")


if __name__ == "__main__":
    main()
