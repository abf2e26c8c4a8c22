"""Photos: kept as they were sent, shown as copies that say nothing but their picture."""

import base64
import hashlib
import io
import json

from PIL import Image

from conftest import wait_until

CANARY = "CANARY-Cua-nha-so-12"


def photo(kind="JPEG", size=(80, 40)):
    """Held upright by its phone, which also wrote down where that was: red left of blue, as stored."""
    picture = Image.new("RGB", size, (220, 10, 10))
    picture.paste((10, 10, 220), (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 27.0, 49.87), 3: "E", 4: (107.0, 35.0, 27.0)})
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, quality=95)
    return out.getvalue()


def hand_in(hub, data, name="anh.jpg"):
    answer = hub.hand_in(attachments=[{"name": name, "data": base64.b64encode(data).decode()}])
    sha256 = hashlib.sha256(data).hexdigest()
    return answer, f"/api/v1/track/{answer['code']}/files/{sha256}?token={answer['tracking_token']}"


def served(client, path):
    """A copy that is not made yet is asked for again."""
    def there():
        response = client.http.get(client.hub.url + path)
        return response if response.status_code != 503 else None
    wait_until(there, "the copy of a photo")
    return client.get(path)


def state_of(dispatcher, answer):
    [file] = dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()["attachments"]
    return file["photo"]


def kept(hub, data):
    digest = hashlib.sha256(data).hexdigest()
    return (hub.config / "var" / "blobs" / digest[:2] / digest[2:4] / digest).read_bytes() == data


def test_nobody_sees_where_a_photo_was_taken(hub, people, anybody):
    for kind, content_type in [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]:
        sent = photo(kind)
        assert CANARY.encode() in sent
        answer, own = hand_in(hub, sent)
        officers = f"/api/v1/petitions/{answer['id']}/files/{hashlib.sha256(sent).hexdigest()}"
        for client, path in [(anybody, own), (people["dispatcher"], officers)]:
            response = served(client, path)
            assert response.headers["Content-Type"] == content_type
            assert CANARY.encode() not in response.content
            shown = Image.open(io.BytesIO(response.content))
            assert 0x8825 not in shown.getexif() and 0x010E not in shown.getexif()
            assert (shown.format, shown.size) == (kind, (40, 80)), "upright"
            assert shown.convert("RGB").getpixel((20, 10))[0] > 180 and shown.convert("RGB").getpixel((20, 70))[2] > 180
        assert state_of(people["dispatcher"], answer) == "ready"
        assert kept(hub, sent), "the evidence is as it was sent"


def test_what_hides_behind_a_picture_goes(hub, anybody):
    page = b"<html><script>alert(document.cookie)</script></html>"
    response = served(anybody, hand_in(hub, photo() + page)[1])
    assert b"<script>" not in response.content
    assert Image.open(io.BytesIO(response.content)).size == (40, 80)


def test_a_broken_photo_loses_no_petition(hub, people, anybody):
    whole = photo(size=(800, 400))
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    for broken in [whole[:len(whole) // 2], header + bytes(64)]:
        answer, own = hand_in(hub, broken)
        wait_until(lambda: state_of(people["dispatcher"], answer) == "unreadable", "the officer to be told")
        assert anybody.problem("GET", own, 422) == "file.unreadable"
        assert kept(hub, broken)
        assert "accept" in people["dispatcher"].actions(answer["id"])


def test_an_officer_chooses_another_photo(hub, people):
    dispatcher, officer = people["dispatcher"], people["officer"]
    petition = hub.hand_in()["id"]
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=[officer.account["unit"]])
    officer.act(petition, "start")
    whole = photo()

    def draft(data, expect):
        body = {"result": "Đã lắp nắp mới.", "attachments": [{"name": "sau.jpg", "data": base64.b64encode(data).decode()}]}
        return officer.act(petition, "draft", expect, **body)

    problem = draft(whole[:len(whole) // 2], 422)
    assert (problem["code"], problem["field"]) == ("attachment.unreadable", "/attachments/0")
    [file] = draft(whole, 200)["draft"]["files"]
    assert file["photo"] == "ready"


def test_copies_and_what_cost_children_is_counted(hub, anybody):
    served(anybody, hand_in(hub, photo(size=(90, 44)))[1])
    metrics = anybody.get("/metrics").text.splitlines()
    read = [line for line in metrics if line.startswith('pakn_decodes_total{outcome="read"}')]
    assert int(read[0].split()[1]) >= 1
    assert 'pakn_decoders_lost_total{reason="crashed"} 0' in metrics


def test_an_answer_goes_out_without_it(hub, people, receiver):
    """The officer's phone wrote down where it was, too."""
    dispatcher, officer, leader = (people[role] for role in ("dispatcher", "officer", "leader"))
    answer = hub.hand_in()
    petition = answer["id"]
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=[officer.account["unit"]])
    officer.act(petition, "start")
    officer.act(petition, "draft", result="Đã lắp nắp mới.",
                attachments=[{"name": "sau.jpg", "data": base64.b64encode(photo(size=(96, 48))).decode()}])
    officer.act(petition, "submit")
    leader.act(petition, "approve")
    dispatcher.act(petition, "release")
    [event] = wait_until(lambda: receiver.about(answer["code"]), "the answer to reach the receiver")
    assert CANARY not in json.dumps(event["body"]) and base64.b64encode(CANARY.encode())[4:20].decode() not in json.dumps(event["body"])
