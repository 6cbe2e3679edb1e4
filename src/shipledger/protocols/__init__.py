"""The edges: one package per vendor, none of which another part may know."""
