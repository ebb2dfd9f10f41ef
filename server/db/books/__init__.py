"""What a client owns, kind by kind; reached through its `Tenant` alone."""
