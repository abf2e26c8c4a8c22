"""People and places: the areas of an invented province, imported, and what intake makes of who sends a petition and from where."""

import base64
import json
import shutil
import subprocess
import sys

import pytest

from conftest import BINARY, ROOT, SECONDS, Client, Hub

sys.path.append(str(ROOT / "tests" / "support"))
from pdf import pdf

UNITS = ROOT / "config" / "base" / "areas-mau.json"
OUTLINES = ROOT / "config" / "base" / "areas-mau.geojson"
INSIDE = {"lat": 5.05, "lon": 60.05}  # Phường Bến Mẫu
FAR = {"lat": 21.03, "lon": 105.85}


def areas(*arguments, expect=0):
    done = subprocess.run([BINARY, "areas", "import", *map(str, arguments), "--json"], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == expect, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


class PlacesHub(Hub):
    """The demonstration with the invented province's areas."""

    changes = [("routes.yaml", r"(?m)^routes:$", 'routes:\n  - name: Bến\n    when: { area: ["99001"] }\n    then: { unit: cong-an }')]

    def start(self):
        if not (self.config / "areas.yaml").exists():
            self.imported = areas(UNITS, "--polygons", OUTLINES, "--out", self.config)
        super().start()


class StrictHub(PlacesHub):
    """Refuses what lies outside; takes PDFs of two pages and small files."""

    changes = [*PlacesHub.changes,
               ("hub.yaml", r"(?m)^http:", "intake: { outside: refuse, max_pages: 2, files: { document: 1MB, recording: 2MB } }\nhttp:")]


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver):
    hub = PlacesHub(tmp_path_factory.mktemp("places"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def strict(tmp_path_factory, receiver):
    hub = StrictHub(tmp_path_factory.mktemp("strict"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def dispatcher(hub):
    return hub.signed_in("dispatcher")


def portal(hub, source="portal"):
    client = Client(hub)
    client.http.headers["Authorization"] = f"Bearer {hub.run('token', 'new', '--source', source)['token']}"
    return client


def seen(dispatcher, answer):
    return dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()


# --- Import ---

def test_the_province_is_imported_with_its_outlines(hub):
    assert hub.imported["ok"] and (hub.imported["provinces"], hub.imported["communes"], hub.imported["outlines"]) == (1, 10, 10)
    assert (hub.imported["mended"], hub.imported["without_outline"], hub.imported["other_outlines"]) == ([], [], 0)
    assert hub.run("check")["ok"]
    for name in ("areas.yaml", "areas.geojson"):
        assert hub.imported["notice"] in (hub.config / name).read_text(encoding="utf-8")


def test_nothing_is_replaced_without_force(tmp_path):
    areas(UNITS, "--out", tmp_path)
    before = (tmp_path / "areas.yaml").read_bytes()
    assert not (tmp_path / "areas.geojson").exists()
    areas(UNITS, "--polygons", OUTLINES, "--out", tmp_path, expect=4)
    assert (tmp_path / "areas.yaml").read_bytes() == before and not (tmp_path / "areas.geojson").exists()
    areas(UNITS, "--polygons", OUTLINES, "--out", tmp_path, "--force", "--notice", "Giấy phép Mẫu")
    assert "Giấy phép Mẫu" in (tmp_path / "areas.yaml").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["areas.geojson", "areas.yaml"]


def test_one_of_several_provinces(tmp_path):
    mau = json.loads(UNITS.read_text(encoding="utf-8"))
    other = {"Code": "98", "FullName": "Tỉnh Khác", "Wards": [{"Code": "98001", "FullName": "Xã Bến Mẫu", "ProvinceCode": "98"}]}
    (tmp_path / "all.json").write_text(json.dumps([*mau, other]), encoding="utf-8")
    told = areas(tmp_path / "all.json", "--province", "98", "--out", tmp_path)
    assert (told["provinces"], told["communes"]) == (1, 1)
    assert "99001" not in (tmp_path / "areas.yaml").read_text(encoding="utf-8")
    told = areas(tmp_path / "all.json", "--polygons", OUTLINES, "--out", tmp_path, "--force")
    assert (told["provinces"], told["communes"], told["outlines"], told["without_outline"]) == (2, 11, 10, ["98001"])
    assert areas(tmp_path / "all.json", "--province", "97", "--out", tmp_path, "--force", expect=2)["problems"]
    # Of outlines of others none is left.
    assert areas(tmp_path / "all.json", "--province", "98", "--polygons", OUTLINES, "--out", tmp_path, "--force",
                 expect=2)["other_outlines"] == 10


def test_a_folder_with_a_file_for_each_outline(tmp_path):
    folder = tmp_path / "outlines"
    folder.mkdir()
    features = json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]
    for number, feature in enumerate(features):
        if number % 2:
            feature["properties"] = {"code": f"99{1 + 3 * number:03}"}
        (folder / f"xa{number}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    told = areas(UNITS, "--polygons", folder, "--out", tmp_path)
    assert (told["outlines"], told["without_outline"]) == (10, [])
    again = tmp_path / "again"
    areas(UNITS, "--polygons", OUTLINES, "--out", again)
    assert (again / "areas.geojson").read_bytes() == (tmp_path / "areas.geojson").read_bytes()


@pytest.mark.parametrize("spoil", [
    lambda province: province.update(Code="9"),
    lambda province: province.update(Code="9x"),
    lambda province: province["Wards"][0].update(Code="9900"),
    lambda province: province["Wards"][0].update(Code="99004"),
    lambda province: province["Wards"][0].update(ProvinceCode="98"),
    lambda province: province["Wards"][0].update(FullName="", Name=""),
    lambda province: province["Wards"].append("x"),
    lambda province: province.pop("Wards"),
], ids=["short", "letter", "commune", "twice", "other province", "no name", "no object", "no list"])
def test_units_with_mistakes_are_named_and_nothing_is_written(tmp_path, spoil):
    provinces = json.loads(UNITS.read_text(encoding="utf-8"))
    spoil(provinces[0])
    (tmp_path / "units.json").write_text(json.dumps(provinces), encoding="utf-8")
    told = areas(tmp_path / "units.json", "--out", tmp_path, expect=2)
    assert not told["ok"] and told["problems"] and told["written"] == []
    assert not (tmp_path / "areas.yaml").exists()


def test_outlines_that_cross_themselves_are_mended_and_others_refused_by_name(tmp_path):
    outlines = json.loads(OUTLINES.read_text(encoding="utf-8"))
    outlines["features"][0]["geometry"]["coordinates"] = [[[[60, 5], [60.1, 5.1], [60.1, 5], [60, 5.1], [60, 5]]]]
    (tmp_path / "outlines.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    told = areas(UNITS, "--polygons", tmp_path / "outlines.geojson", "--out", tmp_path)
    assert told["mended"] == ["99001"]
    outlines["features"][1]["geometry"]["coordinates"] = [[[[60, 5], [60.1, 5.1], [60, 5]]]]
    (tmp_path / "outlines.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    told = areas(UNITS, "--polygons", tmp_path / "outlines.geojson", "--out", tmp_path, "--force", expect=2)
    assert len(told["problems"]) == 1 and "99004" in told["problems"][0]
    (tmp_path / "outlines.geojson").write_text("{", encoding="utf-8")
    areas(UNITS, "--polygons", tmp_path / "outlines.geojson", "--out", tmp_path, "--force", expect=2)


# --- From a petition to its area ---

def test_the_area_is_found_and_routes_the_petition(hub, dispatcher):
    for location, source in [({"area": "99001"}, "sender"), (INSIDE, "derived:point"),
                             ({"address": "Số 5 đường Thử, p. bến mẫu"}, "derived:address")]:
        view = seen(dispatcher, hub.hand_in(category="khac", location=location))
        assert (view["location"]["area"], view["provenance"]["area"], view["rule"]) == ("99001", source, "Bến")
    view = seen(dispatcher, hub.hand_in(category="khac", location={"address": "xã Hóa Mẫu"}))
    assert (view["location"]["area"], view["provenance"]["area"]) == ("99010", "derived:address")
    view = seen(dispatcher, hub.hand_in(location={"address": "đâu đó"}))
    assert view["location"]["area"] is None and "area" not in view["provenance"]


def test_doubts_about_a_place_reach_officers(hub, dispatcher):
    view = seen(dispatcher, hub.hand_in(location={"area": "99004", **INSIDE}))
    assert (view["location"]["area"], view["attributes"]["area_warning"]) == ("99004", "differs_from_point")
    view = seen(dispatcher, hub.hand_in(location={"area": "12345"}))
    assert (view["location"]["area"], view["attributes"]["area_warning"]) == ("12345", "unknown")
    assert seen(dispatcher, hub.hand_in(location=FAR))["attributes"]["location_warning"] == "outside"


def test_what_lies_outside_is_refused_to_its_sender_alone(strict):
    answer = strict.hand_in(422, location=FAR)
    assert (answer["code"], answer["field"]) == ("location.outside", "/location")
    strict.hand_in(location=INSIDE)
    answer = portal(strict).post("/api/v1/petitions", 201, json={"content": "Hố ga", "location": FAR}).json()
    assert seen(strict.signed_in("dispatcher"), answer)["attributes"]["location_warning"] == "outside"


def test_an_explanation_finds_the_same_place(hub, tmp_path):
    (tmp_path / "petition.json").write_text(json.dumps({"content": "Hố ga", "location": INSIDE}), encoding="utf-8")
    assert hub.run("route", "explain", tmp_path / "petition.json")["rule"] == "Bến"


# --- People ---

def test_a_wrong_citizen_id_is_refused_to_its_sender(hub):
    answer = hub.hand_in(422, petitioner={"citizen_id": "46203000002"})
    assert (answer["code"], answer["field"], answer["suggestion"]) == ("petition.citizen_id_lost_zero", "/petitioner/citizen_id", "046203000002")
    answer = hub.hand_in(422, petitioner={"citizen_id": "146203000002"})
    assert answer["code"] == "petition.citizen_id_invalid" and "suggestion" not in answer
    assert hub.hand_in(422, petitioner={"kind": "organisation", "citizen_id": "0101"})["code"] == "petition.tax_code_invalid"


def test_a_portals_is_kept_with_a_warning_without_digits(hub, dispatcher):
    answer = portal(hub).post("/api/v1/petitions", 201, json={
        "content": "Hố ga", "petitioner": {"name": "Trần Thị Mẫu", "citizen_id": "46203000002"}}).json()
    view = seen(dispatcher, answer)
    assert view["attributes"] == {"citizen_id_warning": "lost_zero"}
    assert "46203000002" not in json.dumps(view)


def test_who_may_see_the_number_sees_its_kind_and_what_was_meant(hub, dispatcher):
    for number, kind, suggestion in [("46203000002", "invalid", "046203000002"), ("191234567", "CMND", None),
                                     ("046203000002", "citizen_id", None)]:
        answer = portal(hub).post("/api/v1/petitions", 201, json={
            "content": "Hố ga", "petitioner": {"name": "Trần Thị Mẫu", "citizen_id": number},
            "consent": {"use_identity_in_handling": True}}).json()
        who = dispatcher.post(f"/api/v1/petitions/{answer['id']}/identity/reveal", json={"reason": "Gọi lại"}).json()
        assert (who["citizen_id"], who["citizen_id_kind"], who["citizen_id_suggestion"]) == (number, kind, suggestion)


def test_each_field_says_where_its_value_comes_from_and_never_the_value(hub, dispatcher):
    answer = hub.hand_in(petitioner={"name": "Trần Thị Mẫu", "phone": "912345678", "citizen_id": "046 203 000 002"},
                         attributes={"birth_date": "2003-02-01", "sex": "nữ"}, location=INSIDE, public=True)
    view = seen(dispatcher, answer)
    assert view["provenance"] == {
        "title": "derived:content", "content": "sender", "category": "sender", "class": "default", "emergency": "default",
        "public": "sender", "anonymous": "default", "consents": "default", "location": "sender", "area": "derived:point",
        "name": "sender", "phone": "repaired:missing_zero", "citizen_id": "repaired:spaces"}
    assert view["attributes"] == {"citizen_id_warning": "sex"}
    operator = Client(hub)
    login = hub.signed_in("operator").account["login"]
    operator.http.headers["Authorization"] = f"Bearer {hub.run('token', 'new', '--account', login)['token']}"
    taken = operator.post("/api/v1/petitions", 201, json={"channel": "hotline1022", "content": "Hố ga", "petitioner": {
        "name": "Trần Thị Mẫu"}}).json()
    view = seen(dispatcher, taken)
    assert (view["provenance"]["content"], view["provenance"]["name"]) == ("operator", "operator")


def test_of_a_hidden_sender_not_even_the_fields_are_told(hub, dispatcher):
    view = seen(dispatcher, hub.hand_in(anonymous=True, petitioner={"name": "Trần Thị Mẫu", "phone": "0912345678"}))
    assert view["petitioner"] is None
    assert not {"name", "phone", "email", "citizen_id", "address"} & set(view["provenance"])
    assert view["provenance"]["anonymous"] == "sender"


def test_consents_are_told_with_their_text(hub, dispatcher):
    answer = hub.hand_in(declared_true=True, consent={"process_personal_data": True}, attributes={"consent_text": "2026-01"})
    view = seen(dispatcher, answer)
    assert [one["purpose"] for one in view["consents"]] == ["process_personal_data", "declared_true"]
    assert {(one["by"], one["channel"], one["at"], one["text_version"], one["proof"]) for one in view["consents"]} == {
        ("sender", "web", view["received_at"], "2026-01", "form")}
    assert view["attributes"] == {}
    # Another text for another petition changes nothing of this one.
    hub.hand_in(declared_true=True, attributes={"consent_text": "2026-02"})
    assert seen(dispatcher, answer)["consents"] == view["consents"]
    brought = portal(hub).post("/api/v1/petitions", 201, json={"external_id": "P-1", "content": "x", "declared_true": True}).json()
    [one] = seen(dispatcher, brought)["consents"]
    assert (one["by"], one["proof"], one["text_version"]) == ("connector:portal", "external_id:P-1", None)
    assert hub.hand_in(422, attributes={"consent_text": "x" * 101})["code"] == "petition.field_too_long"


# --- Files ---

def attached(data, name="tep"):
    return [{"name": name, "data": base64.b64encode(data).decode()}]


def test_pages_of_a_pdf_are_counted_before_it_is_acknowledged(strict):
    strict.hand_in(attachments=attached(pdf(2)))
    for data, code in [(pdf(3), "attachment.too_many_pages"), (b"%PDF-1.4\n%%EOF\n", "attachment.pdf_unreadable")]:
        answer = strict.hand_in(422, attachments=attached(data))
        assert (answer["code"], answer["field"]) == (code, "/attachments/0")
    answer = portal(strict).post("/api/v1/petitions", 201, json={
        "content": "x", "attachments": [*attached(pdf(3), "dày.pdf"), *attached(pdf(1), "mỏng.pdf")]}).json()
    view = seen(strict.signed_in("dispatcher"), answer)
    assert [file["name"] for file in view["attachments"]] == ["mỏng.pdf"]
    assert view["attributes"]["files_left_out"] == "dày.pdf: attachment.too_many_pages"


def test_documents_and_recordings_have_caps_of_their_own(strict):
    wave = b"RIFF\x00\x00\x00\x00WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\0\0\0\0"
    strict.hand_in(attachments=attached(wave + bytes(1500000)))
    assert strict.hand_in(413, attachments=attached(wave + bytes(2 << 20)))["code"] == "attachment.too_large"
    assert strict.hand_in(413, attachments=attached(pdf(filler=bytes(1500000))))["code"] == "attachment.too_large"


def test_the_files_of_the_hub_are_as_they_were(hub, tmp_path):
    """The import writes the same from the same, on any machine."""
    areas(UNITS, "--polygons", OUTLINES, "--out", tmp_path)
    for name in ("areas.yaml", "areas.geojson"):
        assert (tmp_path / name).read_bytes() == (hub.config / name).read_bytes()
    shutil.rmtree(tmp_path)
