"""What an operator can see of the running program: logs, metrics and health."""
