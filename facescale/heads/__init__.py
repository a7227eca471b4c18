"""Head models: two contracts, one file a family."""
