"""Where everything durable is kept."""
