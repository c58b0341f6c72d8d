"""A real Chromium without a window, spoken to through its debugging pipe: no driver, no port."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

AXE = Path(__file__).parent / "page_checks" / "node_modules" / "axe-core" / "axe.min.js"
_AXE_RUN = """axe.run({exclude: [BUT]}, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations", "incomplete"]
}).then(found => [...found.violations, ...found.incomplete].map(
  each => `${each.id}: ${each.help}: ${each.nodes.map(node => node.html).join(" | ")}`))"""
_FRAMES = 600  # drawn while something is waited for
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # CI runs as root, and the pages are our own
    "--no-first-run",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
)


class Page:
    """The one page of the browser."""

    def __init__(self, to_browser: BinaryIO, from_browser: BinaryIO) -> None:
        self._to, self._from = to_browser, from_browser
        self._numbers = count(1)
        self._session: str | None = None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def show(self, html: str, *, width: int, scheme: str) -> None:
        """Show a mail in a window so wide, to a reader who prefers `light` or `dark`."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self._ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._ask("Page.setDocumentContent", frameId=self._frame, html=html)

    def visit(self, url: str, *, width: int, scheme: str) -> None:
        """Go to an address in a window so wide, as a reader who prefers `light` or `dark`, and wait for it."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self._ask("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._ask("Page.navigate", url=url)
        self.wait()

    def print_to_screen(self) -> None:
        """Show the page as it would be printed."""
        self._ask("Emulation.setEmulatedMedia", media="print")

    def wait(self) -> None:
        """Wait until the page has loaded."""
        self.run("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")

    def until(self, script: str) -> None:
        """Wait until a script gives something true, a change of page in between included."""
        for _ in range(_FRAMES):
            with suppress(AssertionError):  # the page it was asked of has gone
                if self.run(f"new Promise(requestAnimationFrame).then(() => {script})"):
                    return
        raise AssertionError(f"in vain: {script}")

    def press(self, key: str) -> None:
        """Press a key: Tab, Enter, or a letter."""
        code = {"Tab": 9, "Enter": 13}.get(key, 0)
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        for move in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=move, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def run(self, script: str) -> Any:
        """Return what a script gives, when it is done."""
        answer = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def axe(self, but: str = "#nothing") -> list[str]:
        """Return what axe finds against WCAG 2.2 AA, and what it could not decide; what `but` selects is left out."""
        self.run(AXE.read_text(encoding="utf-8"))
        return list(self.run(_AXE_RUN.replace("BUT", json.dumps(but))))

    def width(self) -> int:
        """Return how wide the mail is; wider than its window means scrolling sideways."""
        return int(self.run("document.documentElement.scrollWidth"))

    def picture(self, tallest: int = 20_000) -> bytes:
        """Return the mail as a PNG, or its top."""
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], tallest), "scale": 1}
        shot = self._ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        asked = json.dumps({"id": number, "method": method, "params": params, **session})
        self._to.write(asked.encode() + b"\0")
        self._to.flush()
        answer = next(each for each in self._answers() if each.get("id") == number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def _answers(self) -> Iterator[Any]:
        while True:
            message = b"".join(iter(self._byte, b"\0"))
            yield json.loads(message)

    def _byte(self) -> bytes:
        byte = self._from.read(1)
        assert byte, "Chromium has gone"
        return byte


@contextmanager
def a_page() -> Iterator[Page]:
    """Start Chromium, give its page, and end it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "there is no Chromium: apt-get install chromium"
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Chromium reads from descriptor 3 and writes to 4.
        shell = ["bash", "-c", f'exec "$@" 3<&{their_in} 4>&{their_out}', "bash"]
        command = [*shell, chromium, *_FLAGS, f"--user-data-dir={profile}"]
        browser = subprocess.Popen(command, pass_fds=(their_in, their_out), stderr=subprocess.DEVNULL)
        os.close(their_in)
        os.close(their_out)
        with os.fdopen(our_out, "wb") as to_browser, os.fdopen(our_in, "rb") as from_browser:
            try:
                yield Page(to_browser, from_browser)
            finally:
                browser.kill()
                browser.wait()
