"""Dialogs that the user asked for."""
