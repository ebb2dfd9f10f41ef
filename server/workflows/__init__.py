"""Durable work: survives the process that began it, and is finished by another one."""
