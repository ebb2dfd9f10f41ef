"""Colours, sizes and style, from one file of tokens."""
