"""What pages show: pure functions from the snapshot to what templates write."""
