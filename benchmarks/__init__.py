"""Scripts that measure and print ratios against a named baseline in the same run."""
