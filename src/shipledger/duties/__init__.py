"""What a node does beside answering: each duty on one node at a time."""
