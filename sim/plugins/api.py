"""A portal's page, or an app, that hands petitions in over the hub's own HTTP interface."""

from hub import Client
from play import Channel, Petition, Wrong, track


class ApiChannel(Channel):
    LABEL = "HTTP API"
    OWN_WAY = "tra cứu"

    @property
    def channel(self) -> str:
        return "web"

    def body(self, petition: Petition) -> dict:
        person = {"kind": "individual", "name": petition.name, "phone": petition.phone, "address": "Số 12 đường Thử Nghiệm"}
        if self.stage.configuration.values.get(f"identity.{self.channel}") == "required":
            person["citizen_id"] = "001095012345"
        return {"title": petition.title, "content": petition.content, "category": petition.category, "petitioner": person,
                "consent": {"process_personal_data": True, "use_identity_in_handling": True}, "declared_true": True}

    def send(self, petition: Petition) -> None:
        _, answer = Client(self.stage.hub).post("/api/v1/petitions", self.body(petition), petition.key)
        petition.code, petition.id, petition.token = answer["code"], answer["id"], answer["tracking_token"]

    def again(self, petition: Petition) -> None:
        status, answer = Client(self.stage.hub).post("/api/v1/petitions", self.body(petition), petition.key)
        if (status, answer["code"]) != (200, petition.code):
            raise Wrong("gọi lại tạo thêm một phản ánh")

    def read(self, petition: Petition) -> bool:
        answer = track(self.stage.hub, petition)["answer"]
        return bool(answer) and answer["text"] == petition.answer
