"""A real Chromium that is told what to do over its DevTools pipe, and tells what happened on a page."""

import base64
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WAIT_S = 60.0
_AS_3_AND_4 = """
import fcntl, os, sys
hear, say = (fcntl.fcntl(int(each), fcntl.F_DUPFD_CLOEXEC, 10) for each in sys.argv[1:3])
os.dup2(hear, 3), os.dup2(say, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser hears on 3 and says on 4, whatever numbers the pipes have here."""


class Browser:
    """One browser with one page. Everything the page asked for, said, or broke is kept.

    Attributes:
        requests: every address that was asked for, in order.
        said: lines of the console and of the browser's own log: errors, violations of the page's policy.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = os.fdopen(to_browser, "wb", buffering=0)
        self._in = os.fdopen(from_browser, "rb")
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._number = 0
        self._session = ""
        self._loaded = threading.Event()
        self.requests: list[str] = []
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen, name="devtools")
        self._listener.start()

    def begin(self) -> None:
        """Open the page, still empty."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def look(
        self,
        width: int,
        height: int,
        theme: Literal["dark", "light"] = "dark",
        *,
        script: bool = True,
        still: bool = True,
    ) -> None:
        """Be a screen of that size, in pixels; ``script`` False is a browser without JavaScript."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": theme}]
        features += [{"name": "prefers-reduced-motion", "value": "reduce"}] if still else []
        self._ask("Emulation.setEmulatedMedia", features=features)
        self._ask("Emulation.setScriptExecutionDisabled", value=not script)

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        with self.loading():
            failed = self._ask("Page.navigate", url=url).get("errorText")
            assert not failed, failed

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Whatever the block does, a page is loaded by it."""
        self._loaded.clear()
        yield
        assert self._loaded.wait(_WAIT_S), "no page was loaded"

    def run(self, script: str) -> Any:
        """The value of an expression on the page; a promise is waited for."""
        done = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, script: str, timeout_s: float = 30.0) -> bool:
        """Whether an expression comes true on the page."""
        end_s = time.monotonic() + timeout_s
        pause = threading.Event()
        while not self.run(script):
            if time.monotonic() > end_s:
                return False
            pause.wait(0.05)
        return True

    def click(self, selector: str) -> None:
        """Press the left button on the middle of an element, as a hand does: also without JavaScript."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        node = self._ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        assert node, f"nothing is {selector}"
        self._ask("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quad = self._ask("DOM.getContentQuads", nodeId=node)["quads"][0]
        at = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, **at)

    def press(self, key: str, code: int) -> None:
        """Press a key: ``("Tab", 9)``, ``("Enter", 13)``."""
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def html(self) -> str:
        """What the page is now; also without JavaScript."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        text: str = self._ask("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        return text

    def picture(self, file: Path) -> None:
        """Write the whole page as a PNG."""
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """Say good-bye; the process ends by itself."""
        self._session = ""
        self._ask("Browser.close")
        self._listener.join(_WAIT_S)
        self._out.close()
        self._in.close()

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        number, answer = self._number, queue.Queue[dict[str, Any]]()
        self._answers[number] = answer
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        told = answer.get(timeout=_WAIT_S)
        assert "error" not in told, (method, told["error"])
        result: dict[str, Any] = told["result"]
        return result

    def _listen(self) -> None:
        rest = b""
        while piece := os.read(self._in.fileno(), 1 << 16):
            *whole, rest = (rest + piece).split(b"\0")
            for message in map(json.loads, whole):
                if "id" in message:
                    self._answers.pop(message["id"]).put(message)
                else:
                    self._happened(message["method"], message["params"])

    def _happened(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Network.requestWillBeSent":
            if not params["request"]["url"].startswith("data:"):  # the browser draws its own buttons with them
                self.requests.append(params["request"]["url"])
        elif method == "Log.entryAdded":
            self.said.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.said.append(" ".join(str(each.get("value", "")) for each in params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.said.append(params["exceptionDetails"]["text"])


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser over the block; ``profile`` is an empty folder of its own."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    assert found, f"no browser: none of {_NAMES} is installed"
    hear, to_browser = os.pipe()
    from_browser, say = os.pipe()
    command = [
        sys.executable, "-c", _AS_3_AND_4, str(hear), str(say), found,
        "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run", "--hide-scrollbars",
        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
        "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(hear, say)
    ) as running:
        os.close(hear)
        os.close(say)
        page = Browser(to_browser, from_browser)
        try:
            page.begin()
            yield page
            page.close()
        finally:
            running.terminate()
