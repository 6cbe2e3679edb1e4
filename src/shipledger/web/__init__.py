"""The pages, and the endpoints for operators."""
