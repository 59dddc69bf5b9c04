"""What the API server asks of a CRD itself, beyond the schema of its kind."""
