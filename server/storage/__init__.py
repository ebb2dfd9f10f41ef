"""Where clips and stills lie: a folder or an S3-compatible service, behind one interface."""
