"""Cameras: read, decode once, hand on. No Qt, no judgement."""
