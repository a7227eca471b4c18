"""Images or video to a result per subject, one folder a method. Knows nothing of Ray, storage or corpora."""
