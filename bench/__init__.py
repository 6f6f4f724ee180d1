"""The shop's own measurements, against the least that the same tools can cost."""
