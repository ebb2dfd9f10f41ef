"""Pages for people without a login: what a link of ours shows in a browser."""
