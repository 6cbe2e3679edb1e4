"""What is not mapped yet."""
