"""The report of a run, for people and as JSON."""

import json

HEAD = ("Kênh", "Mã phản ánh", "Đến sau", "Trả lời qua", "Về sau", "Kết quả")


def table(report: dict) -> str:
    def seconds(value) -> str:
        return "–" if value is None else f"{value:.1f} s"

    def row(one: dict) -> "tuple[str, ...]":
        return (one["label"], one["petition"] or "–", seconds(one["arrived_after"]), ", ".join(one["answered_over"]) or "–",
                seconds(one["came_back_after"]), "đạt" if one["ok"] else f"hỏng ({one['failed_at']}): {one['problem']}")

    rows = [HEAD, *map(row, report["channels"])]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in rows]
    if report["left_out"]:
        lines.append("Không diễn kịch bản này: " + ", ".join(report["left_out"]))
    good = sum(one["ok"] for one in report["channels"])
    lines.append(f"{good}/{len(report['channels'])} kênh: phản ánh đến nơi và kết quả trở về người gửi")
    return "\n".join(lines)


def show(report: dict, as_json: bool) -> str:
    return json.dumps(report, ensure_ascii=False) if as_json else table(report)
