"""What the server does, without HTTP: sign-in, analyses, incidents, readiness."""
