"""The program on the desk: cameras on the wall, activity gated, windows sent to be judged, incidents on a timeline."""
