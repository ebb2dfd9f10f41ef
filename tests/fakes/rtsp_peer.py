"""A real RTSP camera: GStreamer's server, run by the system's Python in a process of its own (see rtsp_server.py).

Usage: rtsp_peer.py '{"file": ..., "port": 0, "user": "", "password": ""}'. Prints {"port": N} when it answers, and ends
when its standard input does.
"""

import json
import sys
from typing import Any

import gi  # type: ignore[import-untyped]  # Debian's python3-gi, not in the project's environment

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-untyped]  # noqa: E402 - after the versions

PATH = "/camera"


def protect(server: Any, factory: Any, user: str, password: str) -> None:
    """Let in only who knows the password; the others get 401."""
    role = "guard"
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, role)
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in (GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
        permissions.add_permission_for_role(role, right, True)
    factory.set_permissions(permissions)


def main(wanted: dict[str, Any]) -> None:
    """Serve one file until standard input ends."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(wanted["port"]))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{wanted["file"]}" ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )'
    )
    if wanted["user"]:
        protect(server, factory, wanted["user"], wanted["password"])
    server.get_mount_points().add_factory(PATH, factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
