"""Video as bytes: encode a window, cut packets, prove that an upload is a video, burn masks in."""
