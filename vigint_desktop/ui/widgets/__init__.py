"""Widgets: lay out, paint, forward gestures."""
