"""What changes do to running pods."""
