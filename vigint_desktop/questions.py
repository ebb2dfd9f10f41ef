"""What the window asks of others and gets answered later: checks of a key, a server or a camera, and the search."""

from pathlib import Path

from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera
from vigint_desktop import secrets
from vigint_desktop.logsetup import Redactor
from vigint_desktop.pipeline.checks import check_gemini, check_server
from vigint_desktop.pipeline.enquiries import Enquiries
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.secrets import Told
from vigint_desktop.settings import CameraSettings


class Questions:
    """The asking half of ``Controls``; used on the GUI thread. What is typed is a secret from here on."""

    def __init__(
        self, enquiries: Enquiries, store: Told, link: ServerLink, redactor: Redactor, models_file: Path
    ) -> None:
        self.enquiries = enquiries
        self._typed = store
        self._server = link
        self._redactor = redactor
        self._models_file = models_file

    def check_server(self, check_id: str, url: str, key: str | None) -> None:
        """Prove a server; an empty address means the one in use."""
        stored = self._typed.get(secrets.SERVER_KEY) if key is None else key
        self._redactor.learn(stored)
        endpoint = Endpoint(url.rstrip("/"), stored) if url else self._server.endpoint or Endpoint("", "")
        self.enquiries.check(check_id, lambda: check_server(check_id, endpoint))

    def check_gemini(self, check_id: str, key: str | None) -> None:
        """Prove a Gemini key."""
        proven = self._typed.get(secrets.GEMINI_KEY) if key is None else key
        self._redactor.learn(proven)
        self.enquiries.check(check_id, lambda: check_gemini(check_id, proven, self._models_file))

    def check_camera(self, check_id: str, camera: CameraSettings, password: str | None) -> None:
        """Open a camera once and describe it."""
        used = self._typed.get(secrets.camera_password(camera.id)) if password is None else password
        self._redactor.learn(used)
        self.enquiries.check_camera(check_id, camera.camera(), used)

    def stop_check(self, check_id: str) -> None:
        """End a check of a camera, or a question to one."""
        self.enquiries.stop(check_id)

    def discover(self, search_id: str, seconds: float) -> None:
        """Look for cameras on the network."""
        self.enquiries.discover(search_id, seconds)

    def stop_discovery(self, search_id: str) -> None:
        """End a search."""
        self.enquiries.stop(search_id)

    def ask_streams(self, check_id: str, found: FoundCamera, user: str, password: str) -> None:
        """Ask a found camera for its streams and a picture."""
        self._redactor.learn(password)
        self.enquiries.ask_streams(check_id, found, SignIn(user, password))
