"""What every system of the intake benchmark is given: 100 routing rules and petitions that meet them at all depths.

One deterministic source for all: the hub gets the rules as YAML, its peers get the same list as JSON.
"""

import json
import random
from collections import Counter

CATEGORIES = {
    "bm-ha-tang": ("Hạ tầng đô thị", "bm-so-xay-dung"),
    "bm-moi-truong": ("Vệ sinh môi trường", "bm-so-moi-truong"),
    "bm-giao-thong": ("Giao thông", "bm-so-giao-thong"),
    "bm-an-ninh": ("An ninh trật tự", "bm-cong-an"),
    "bm-y-te": ("Y tế", "bm-so-y-te"),
    "bm-giao-duc": ("Giáo dục", "bm-so-giao-duc"),
    "bm-dat-dai": ("Đất đai", "bm-so-dat-dai"),
    "bm-cap-nuoc": ("Cấp thoát nước", "bm-cong-ty-nuoc"),
    "bm-thu-tuc": ("Thủ tục hành chính", "bm-so-noi-vu"),
    "bm-khac": ("Lĩnh vực khác", "bm-van-phong"),
}
UNIT_NAMES = {
    "bm-so-xay-dung": "Sở Xây dựng tỉnh Mẫu",
    "bm-so-moi-truong": "Sở Môi trường tỉnh Mẫu",
    "bm-so-giao-thong": "Sở Giao thông tỉnh Mẫu",
    "bm-cong-an": "Công an tỉnh Mẫu",
    "bm-so-y-te": "Sở Y tế tỉnh Mẫu",
    "bm-so-giao-duc": "Sở Giáo dục tỉnh Mẫu",
    "bm-so-dat-dai": "Sở Đất đai tỉnh Mẫu",
    "bm-cong-ty-nuoc": "Công ty Cấp nước Mẫu",
    "bm-so-noi-vu": "Sở Nội vụ tỉnh Mẫu",
    "bm-van-phong": "Văn phòng tỉnh Mẫu",
}
# Ten pairs of phrases; with ten categories they make the 100 rules. No phrase, folded, stands in another or in FILLER.
PHRASES = [
    ("đèn đường", "cột đèn"),
    ("hố ga", "nắp cống"),
    ("bãi rác", "rác thải"),
    ("tiếng ồn", "karaoke"),
    ("cây đổ", "cành gãy"),
    ("ngập nước", "nước đọng"),
    ("lấn chiếm", "vỉa hè"),
    ("khói bụi", "mùi hôi"),
    ("sụt lún", "mặt đường nứt"),
    ("chậm trả kết quả", "thu phí sai"),
]
AREAS = ["90101", "90104", "90107", "90110", "90113", "90116", "90119", "90122", "90125", "90128"]
FILLER = [
    "Sự việc kéo dài đã nhiều tuần, người dân trong tổ dân phố rất lo lắng.",
    "Chúng tôi đã báo với tổ trưởng nhưng đến nay chưa thấy ai đến xem xét.",
    "Trẻ em đi học buổi sáng và người già tập thể dục đều gặp nguy hiểm.",
    "Kính mong cơ quan chức năng sớm kiểm tra, xử lý và trả lời cho bà con biết.",
    "Buổi tối tình hình còn nặng hơn, nhất là vào những ngày cuối tuần.",
    "Tôi gửi kèm mô tả địa điểm để các anh chị tiện liên hệ khi cần.",
    "Xin chân thành cảm ơn và mong nhận được phản hồi trong thời gian sớm nhất.",
]
UNMATCHED_SHARE = 0.1


def make_rules():
    """100 rules in order: the first whose category, phrase and area all fit decides."""
    rules = []
    for number in range(100):
        category = list(CATEGORIES)[number % 10]
        rules.append(
            {
                "name": f"Quy tắc {number + 1}",
                "category": [category],
                "text_any": list(PHRASES[number // 10]),
                "area": [AREAS[(number + step) % 10] for step in range(5)],
                "unit": list(UNIT_NAMES)[(number * 7 + 3) % 5],  # Five get nearly all: a system that skips the rules is seen.
            }
        )
    return rules


def make_petition(rules, chance):
    """One petition that meets a rule of any depth, or (one in ten) none of them; and the unit it belongs to."""
    rule = chance.choice(rules)
    areas, unit = rule["area"], rule["unit"]
    if chance.random() < UNMATCHED_SHARE:
        areas = [area for area in AREAS if area not in rule["area"]]
        unit = CATEGORIES[rule["category"][0]][1]
    phrase = chance.choice(rule["text_any"])
    filler = chance.sample(FILLER, chance.randrange(4, 8))
    filler.insert(chance.randrange(len(filler) + 1), f"Tại khu vực này có {phrase} đã lâu mà chưa ai khắc phục.")
    house = chance.randrange(1, 300)
    petition = {
        "title": f"Phản ánh về {phrase} trước số nhà {house}",
        "content": " ".join(filler),
        "category": rule["category"][0],
        "emergency": False,
        "public": True,
        "anonymous": False,
        "petitioner": {
            "kind": "individual",
            "name": chance.choice(["Nguyễn Văn Mẫu", "Trần Thị Ví Dụ", "Lê Đình Thử", "Phạm Ngọc Giả"]),
            "phone": f"09{chance.randrange(10**8):08d}",
            "email": None,
            "citizen_id": None,
            "address": f"Số {house}, đường số {chance.randrange(1, 40)}, tỉnh Mẫu",
        },
        "consent": {"process_personal_data": True, "use_identity_in_handling": True, "publish_identity": False},
        "declared_true": True,
        "location": {
            "address": f"Ngã ba đường số {chance.randrange(1, 40)}, phường Mẫu",
            "area": chance.choice(areas),
            "lat": round(16.4 + chance.random() / 10, 5),
            "lon": round(107.5 + chance.random() / 10, 5),
        },
        "occurred_at": "2026-03-06T07:30:00+07:00",
        "class": "PAHT",
    }
    return petition, unit


def make_load(count=1000, seed=20260306):
    """The request bodies, and the share of them that belongs to each unit."""
    chance = random.Random(seed)
    rules = make_rules()
    bodies, units = [], Counter()
    for _ in range(count):
        petition, unit = make_petition(rules, chance)
        bodies.append(json.dumps(petition, ensure_ascii=False, separators=(",", ":")))
        units[unit] += 1
    return bodies, {unit: number / count for unit, number in units.items()}


def rules_as_yaml():
    """Units, categories and routes as a configuration file of the hub. JSON strings are YAML strings."""

    def text(value):
        return json.dumps(value, ensure_ascii=False)

    lines = ["units:"]
    lines += [f"  - {{ id: {unit}, name: {text(name)}, code: M{number:02d} }}"
              for number, (unit, name) in enumerate(UNIT_NAMES.items())]
    lines.append("categories:")
    lines += [f"  - {{ id: {category}, name: {text(name)}, unit: {unit} }}"
              for category, (name, unit) in CATEGORIES.items()]
    lines.append("routes:")
    for rule in make_rules():
        lines.append(f"  - name: {rule['name']}")
        lines.append(f"    when: {{ category: {text(rule['category'])}, text_any: {text(rule['text_any'])},"
                     f" area: {text(rule['area'])} }}")
        lines.append(f"    then: {{ unit: {rule['unit']}, mode: suggest }}")
    return "\n".join(lines) + "\n"


def rules_for_peers():
    return {
        "categories": {category: unit for category, (_, unit) in CATEGORIES.items()},
        "rules": make_rules(),
    }
