"""Everything that draws. Knows the bridge and the controls, never a camera, a file, the network or the database."""
