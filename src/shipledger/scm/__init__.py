"""Source control: what git packs tell about commits."""
