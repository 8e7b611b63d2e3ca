"""Whether two short texts make the same claim."""
