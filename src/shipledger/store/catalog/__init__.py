"""Organizations, services, repositories, environments."""
