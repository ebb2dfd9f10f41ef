"""``python -m bench.judge``: answers every question about a clip at once with "nothing wrong", and costs little.

What is measured is the desk, so its judge must not take the processor from it. Prints its address as one line.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_VERDICT = {
    "observations": [],
    "incident": False,
    "type": "none",
    "severity": "none",
    "confidence": 0.9,
    "summary": "People walk about.",
}
_ANSWER = json.dumps(
    {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": json.dumps(_VERDICT)}]},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 1300, "candidatesTokenCount": 60, "totalTokenCount": 1360},
        "modelVersion": "stand-in",
    }
).encode()


class Judge(BaseHTTPRequestHandler):
    """Reads a question to its end and gives the one answer."""

    def do_POST(self) -> None:
        """The answer, whatever was asked."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(_ANSWER)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Judge) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
