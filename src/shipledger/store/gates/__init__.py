"""Gates, and what apps are told of them."""
