"""A call centre: somebody calls 1022, an agent takes the call, and an operator writes down what they say."""

import time

import call_centre
from play import Channel, Peer as BasePeer, Petition, Wrong


class Peer(BasePeer):
    OUTPUT = False
    ENDPOINTS = {"ami_host": None, "recording_url": None}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        self.asterisk = self.recordings = self.hub = None
        if connector.text("ami_host"):
            self.asterisk = call_centre.Asterisk(connector.text("ami_user"), connector.secret("ami_secret"),
                                                 int(connector.text("ami_port", "5038")))
        if connector.text("recording_url"):
            token = connector.secret("recording_secret") if connector.text("recording_auth") == "bearer" else None
            self.recordings = call_centre.Recordings(token, self.asterisk, connector.port("recording_url"))

    def point(self, hub: str) -> None:
        self.hub = hub

    def ring(self, call: str, phone: str) -> None:
        """Somebody calls and an agent takes it."""
        if self.asterisk:
            self.asterisk.say(*call_centre.answered_call(call, phone)[:6])
        else:
            self._tell(call, "call_started", caller=phone, called="1022")
            self._tell(call, "call_answered", agent="202")

    def hang_up(self, call: str, phone: str) -> None:
        """It ends, and its recording is there."""
        if self.recordings:
            self.recordings.add(f"/rec/{call}.wav")
        if self.asterisk:
            self.asterisk.say(*call_centre.answered_call(call, phone)[6:])
        else:
            self._tell(call, "call_ended")

    def _tell(self, call: str, kind: str, **more) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        instant = {"call_started": "started_at", "call_answered": "answered_at", "call_ended": "ended_at"}[kind]
        told = call_centre.call_event(f"{call}-{kind}", call, kind, **more, **{instant: now})
        status, answer = call_centre.send(f"{self.hub}/hooks/{self.connector.id}/calls", self.connector.secret("webhook_secret"), told)
        if status != 200:
            raise Wrong(f"webhook bị trả lời {status} {answer.get('code', '')}")

    def stop(self) -> None:
        for one in filter(None, (self.asterisk, self.recordings)):
            one.stop()


class PluginChannel(Channel):
    LABEL = "Tổng đài 1022"

    @property
    def channel(self) -> str:
        return "hotline1022"

    def body(self, petition: Petition) -> dict:
        return {"channel": self.channel, "call_id": self.call, "title": petition.title, "content": petition.content,
                "category": petition.category, "petitioner": {"name": petition.name, "phone": petition.phone},
                "consent": {"process_personal_data": True, "use_identity_in_handling": True}, "declared_true": True}

    def send(self, petition: Petition) -> None:
        self.call = f"{petition.key}.7"
        operator = self.stage.staff.client("operator")
        if self.peer.asterisk:
            self.wait(lambda: self.peer.asterisk.connected, "hub chưa nghe tổng đài")
        self.peer.ring(self.call, petition.phone)
        self.wait(lambda: self._seen(operator), "tổng đài viên không thấy cuộc gọi")
        _, answer = operator.post("/api/v1/petitions", self.body(petition), petition.key)
        petition.code, petition.id = answer["code"], answer["id"]
        self.peer.hang_up(self.call, petition.phone)

    def _seen(self, operator) -> bool:
        return any(one["call_id"] == self.call for one in operator.get("/api/v1/calls", params={"limit": 50})["items"])

    def again(self, petition: Petition) -> None:
        status, answer = self.stage.staff.client("operator").post("/api/v1/petitions", self.body(petition), petition.key)
        if (status, answer["code"]) != (200, petition.code):
            raise Wrong("bấm hai lần tạo thêm một phản ánh")
