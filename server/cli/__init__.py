"""Commands of ``vigint-server``: arguments in, words or JSON out."""
