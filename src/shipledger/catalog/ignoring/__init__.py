"""What the inbox of an organization leaves out, as an aggregate. Pure."""
