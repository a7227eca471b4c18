"""The NoW benchmark: photographs of people whose scans judge a reconstruction."""
