"""Gates: a deployment may ask whether it may go on, and somebody decides."""
