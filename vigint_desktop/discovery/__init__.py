"""Cameras on the local network: who is there, and which streams each one has. By ONVIF, within bounds."""
