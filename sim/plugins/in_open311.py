"""A portal that speaks Open311 GeoReport v2: it sends a report with its key, and asks what became of it."""

from hub import Client
from play import Channel, Petition, Wrong


class PluginChannel(Channel):
    LABEL = "Open311"
    OWN_WAY = "GET requests"
    REOPENS = False

    def _key(self) -> str:
        return self.connector.secret("api_keys").splitlines()[0].partition(":")[2].strip()

    def _report(self, petition: Petition) -> str:
        """Sends it; the id by which the portal knows it."""
        first, _, last = petition.name.rpartition(" ")
        fields = {"api_key": self._key(), "service_code": petition.category, "description": petition.text, "lat": "16.4637",
                  "long": "107.5909", "first_name": first, "last_name": last, "phone": petition.phone,
                  "attribute[external_id]": petition.key}
        answer = Client(self.stage.hub).call("POST", "/open311/v2/requests.json", data=fields).json()
        return answer[0]["service_request_id"]

    def send(self, petition: Petition) -> None:
        self.number = self._report(petition)

    def again(self, petition: Petition) -> None:
        if self._report(petition) != self.number:
            raise Wrong("gửi lại tạo thêm một phản ánh")

    def read(self, petition: Petition) -> bool:
        [one] = Client(self.stage.hub).get(f"/open311/v2/requests/{self.number}.json", params={"api_key": self._key()})
        return one["status"] == "closed" and one["status_notes"] == petition.answer
