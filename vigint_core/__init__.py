"""What the desktop and the server both know: domain values, policies, ports, analysis, media and the wire contract."""

__version__ = "0.1.0"
