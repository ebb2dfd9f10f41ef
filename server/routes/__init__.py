"""HTTP: reads requests, asks a service, writes answers. No rule of the trade lives here."""
