"""``vigint-desktop lab``: runs models and prompts over labelled clips and says how good they are (docs/lab.md)."""
