"""Data the programs read: texts, prompts, the model catalogue, styles, icons. No code."""
