"""A capture of several devices of one's own: videos or pictures, calibrated by common tools."""
