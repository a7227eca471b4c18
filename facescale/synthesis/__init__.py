"""Head models and sensors to synthetic Captures with their truth."""
