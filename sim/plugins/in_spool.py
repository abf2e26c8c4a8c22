"""Another system that leaves its reports as files, and is told of the answers by webhook."""

from play import Channel, Petition


class PluginChannel(Channel):
    LABEL = "Thư mục tệp"
    SYSTEM = True
    REOPENS = False

    def send(self, petition: Petition) -> None:
        folder = self.connector.path("directory")
        file = folder / f"sim-{petition.key}.tmp"
        file.write_text(petition.text, encoding="utf-8")
        file.rename(file.with_suffix(".txt"))

    def again(self, petition: Petition) -> None:
        self.send(petition)
        file = self.connector.path("directory") / f"sim-{petition.key}.txt"
        self.wait(lambda: not file.exists(), "tệp gửi lại chưa được lấy")
