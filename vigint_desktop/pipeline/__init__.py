"""From an open gate to an incident: windows, judges, the desk that owns incidents, clips, the outbox."""
